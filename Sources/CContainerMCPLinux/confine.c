// SPDX-License-Identifier: Apache-2.0
// The layers that need no namespace: capabilities, Landlock, system call filter, limits, descriptors.
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

void cmcp_drop_bounding_set(void) {
    // Dropping from the bounding set needs CAP_SETPCAP, which an ordinary user without namespaces lacks; no-new-
    // privileges then keeps the set from ever mattering.
    for (int capability = 0; capability < 64; capability++) {
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno == EINVAL) {
            break;
        }
    }
}

uint32_t cmcp_drop_capabilities(void) {
    cmcp_drop_bounding_set();
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL) {
        return CMCP_STEP_CAPABILITIES;
    }
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    memset(data, 0, sizeof data);
    if (syscall(SYS_capset, &header, data) != 0) {
        return CMCP_STEP_CAPABILITIES;
    }
    // capset answers success for what it was given: read back what the kernel holds.
    if (syscall(SYS_capget, &header, data) != 0 || data[0].effective != 0 || data[0].permitted != 0 ||
        data[1].effective != 0 || data[1].permitted != 0) {
        errno = EPERM;
        return CMCP_STEP_CAPABILITIES;
    }
    return CMCP_STEP_NONE;
}

// Debian 12's headers stop at ABI 2; the kernel's numbers are stable (include/uapi/linux/landlock.h).
#define LL_EXECUTE (1ULL << 0)
#define LL_WRITE_FILE (1ULL << 1)
#define LL_READ_FILE (1ULL << 2)
#define LL_READ_DIR (1ULL << 3)
#define LL_REMOVE_DIR (1ULL << 4)
#define LL_REMOVE_FILE (1ULL << 5)
#define LL_MAKE_DIR (1ULL << 7)
#define LL_MAKE_REG (1ULL << 8)
#define LL_MAKE_SOCK (1ULL << 9)
#define LL_MAKE_FIFO (1ULL << 10)
#define LL_MAKE_SYM (1ULL << 12)
#define LL_REFER (1ULL << 13)
#define LL_TRUNCATE (1ULL << 14)
#define LL_IOCTL_DEV (1ULL << 15)
#define LL_FILE_RIGHTS (LL_EXECUTE | LL_WRITE_FILE | LL_READ_FILE | LL_TRUNCATE | LL_IOCTL_DEV)

struct ll_ruleset {
    uint64_t handled_fs;
    uint64_t handled_net;
    uint64_t scoped;
};

struct ll_path {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

static int add_rule(int ruleset, int folder, uint64_t rights, uint64_t handled) {
    struct stat found;
    if (fstat(folder, &found) != 0) {
        return -1;
    }
    if (!S_ISDIR(found.st_mode)) {
        rights &= LL_FILE_RIGHTS;
    }
    struct ll_path rule = {rights & handled, folder};
    return rule.allowed == 0 ? 0 : (int)syscall(445 /* landlock_add_rule */, ruleset, 1, &rule, 0);
}

uint32_t cmcp_restrict_paths(const struct cmcp_setting *setting, const struct cmcp_view *view, int private_folder) {
    int abi = setting->landlock_abi;
    struct ll_ruleset attributes = {0x1fff, 0, 0};
    size_t size = 8;
    if (abi >= 2) {
        attributes.handled_fs |= LL_REFER;
    }
    if (abi >= 3) {
        attributes.handled_fs |= LL_TRUNCATE;
    }
    if (abi >= 4) {
        attributes.handled_net = 3;
        size = 16;
    }
    if (abi >= 5) {
        attributes.handled_fs |= LL_IOCTL_DEV;
    }
    if (abi >= 6) {
        // Abstract sockets, and signals.
        attributes.scoped = setting->scopes_signals ? 3 : 1;
        size = 24;
    }
    int ruleset = (int)syscall(444 /* landlock_create_ruleset */, &attributes, size, 0);
    if (ruleset < 0) {
        return CMCP_STEP_LANDLOCK;
    }
    const uint64_t writing = LL_WRITE_FILE | LL_TRUNCATE | LL_REMOVE_DIR | LL_REMOVE_FILE | LL_MAKE_DIR |
                             LL_MAKE_REG | LL_MAKE_SOCK | LL_MAKE_FIFO | LL_MAKE_SYM | LL_REFER;
    for (uint32_t i = 0; i < view->rule_count; i++) {
        uint64_t rights = 0;
        uint32_t grant = view->rules[i].grant;
        rights |= (grant & CMCP_GRANT_READ) != 0 ? LL_READ_FILE | LL_READ_DIR : 0;
        rights |= (grant & CMCP_GRANT_EXECUTE) != 0 ? LL_EXECUTE : 0;
        rights |= (grant & CMCP_GRANT_WRITE) != 0 ? writing : 0;
        rights |= (grant & CMCP_GRANT_DEVICE) != 0 ? LL_READ_FILE | LL_WRITE_FILE | LL_TRUNCATE | LL_IOCTL_DEV : 0;
        int folder = open(view->rules[i].path, O_PATH | O_CLOEXEC);
        int failed = folder < 0 || add_rule(ruleset, folder, rights, attributes.handled_fs) != 0;
        int error = errno;
        if (folder >= 0) {
            close(folder);
        }
        if (failed) {
            close(ruleset);
            errno = error;
            return CMCP_STEP_LANDLOCK_RULE;
        }
    }
    if (private_folder >= 0 &&
        add_rule(ruleset, private_folder, LL_READ_FILE | LL_READ_DIR | writing, attributes.handled_fs) != 0) {
        close(ruleset);
        return CMCP_STEP_LANDLOCK_RULE;
    }
    int failed = syscall(446 /* landlock_restrict_self */, ruleset, 0) != 0;
    int error = errno;
    close(ruleset);
    errno = error;
    return failed ? CMCP_STEP_LANDLOCK : CMCP_STEP_NONE;
}

uint32_t cmcp_install_filter(const struct cmcp_setting *setting) {
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &setting->filter) != 0) {
        return CMCP_STEP_SECCOMP;
    }
    return CMCP_STEP_NONE;
}

static int limit(int resource, uint64_t value) {
    struct rlimit held;
    if (getrlimit(resource, &held) != 0) {
        return -1;
    }
    // A hard limit that the server was started with stays in force when it is the lower one.
    rlim_t wanted = held.rlim_max != RLIM_INFINITY && value > held.rlim_max ? held.rlim_max : (rlim_t)value;
    struct rlimit both = {wanted, wanted};
    return setrlimit(resource, &both);
}

uint32_t cmcp_set_limits(const struct cmcp_run *run) {
    int failed = limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_AS, run->address_space) != 0 ||
                 limit(RLIMIT_NPROC, run->processes) != 0 || limit(RLIMIT_NOFILE, run->open_files) != 0 ||
                 limit(RLIMIT_FSIZE, run->file_size) != 0 || limit(RLIMIT_CPU, run->cpu_seconds) != 0 ||
                 limit(RLIMIT_STACK, run->stack) != 0 || limit(RLIMIT_MEMLOCK, 65536) != 0 ||
                 limit(RLIMIT_MSGQUEUE, 0) != 0 || limit(RLIMIT_SIGPENDING, 1024) != 0 ||
                 limit(RLIMIT_NICE, 0) != 0 || limit(RLIMIT_RTPRIO, 0) != 0;
    return failed ? CMCP_STEP_LIMITS : CMCP_STEP_NONE;
}

void cmcp_close_from(unsigned first) {
    if (syscall(436 /* close_range */, first, ~0U, 0) == 0) {
        return;
    }
    struct rlimit held;
    unsigned last = getrlimit(RLIMIT_NOFILE, &held) == 0 && held.rlim_cur < 1048576 ? (unsigned)held.rlim_cur : 65536;
    for (unsigned descriptor = first; descriptor < last; descriptor++) {
        close((int)descriptor);
    }
}
