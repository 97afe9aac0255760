// SPDX-License-Identifier: Apache-2.0
// The probe: in a fully confined child, try what must be refused and see what the kernel says.
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/// Whether any of the calls that send a signal reaches a process. Signal 0 only asks whether one would be allowed.
static int can_signal(pid_t pid) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_code = SI_QUEUE;
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    int reached = kill(pid, 0) == 0 || syscall(SYS_tkill, pid, 0) == 0 || syscall(SYS_tgkill, pid, pid, 0) == 0 ||
                  syscall(SYS_rt_sigqueueinfo, pid, 0, &info) == 0 ||
                  syscall(SYS_rt_tgsigqueueinfo, pid, pid, 0, &info) == 0 ||
                  (pidfd >= 0 && syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == 0);
    if (pidfd >= 0) {
        close(pidfd);
    }
    return reached;
}

/// Whether a process of the call's own can be ended by a signal.
static int can_end_child(void) {
    pid_t child = fork();
    if (child == 0) {
        // Ends by itself where no signal comes, well before the answer is awaited no longer.
        struct timespec pause = {1, 0};
        nanosleep(&pause, NULL);
        _exit(0);
    }
    int status = 0;
    if (child < 0 || kill(child, SIGKILL) != 0 || waitpid(child, &status, 0) != child) {
        return 0;
    }
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/// Whether a second process below the caller is refused, as its group says.
static int is_limited(void) {
    pid_t first = fork();
    if (first == 0) {
        pid_t second = fork();
        if (second == 0) {
            _exit(0);
        }
        _exit(second < 0 && errno == EAGAIN ? 0 : 1);
    }
    int status = -1;
    return first > 0 && waitpid(first, &status, 0) == first && status == 0;
}

void cmcp_try_everything(const struct cmcp_probe *probe, int is_in_group, uint32_t *breaches, uint32_t *confirmed) {
    uint32_t found = 0, held = is_in_group && is_limited() ? CMCP_LAYER_PIDS : 0;
    int file = open(probe->canary, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        found |= CMCP_BREACH_READ_CANARY;
        close(file);
    }
    file = open(probe->outside, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) {
        found |= CMCP_BREACH_WRITE_OUTSIDE;
        close(file);
    }
    static const int families[] = {AF_INET, AF_INET6, AF_NETLINK, 40 /* AF_VSOCK */, AF_PACKET};
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        file = socket(families[i], SOCK_DGRAM, 0);
        if (file >= 0) {
            found |= CMCP_BREACH_INET_SOCKET;
            close(file);
        }
    }
    file = socket(AF_UNIX, SOCK_STREAM, 0);
    if (file >= 0) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        snprintf(address.sun_path, sizeof address.sun_path, "%s", probe->socket);
        if (connect(file, (struct sockaddr *)&address, sizeof address) == 0) {
            found |= CMCP_BREACH_UNIX_CONNECT;
        }
        close(file);
    }
    // Signal 0 only asks whether a signal would be allowed. Below an init of its own the probe shares its numbers with
    // its supervisor and itself only: there the number of a server that is process 1 of a container names the former.
    int has_own_numbers = getppid() == 1;
    int names_another = has_own_numbers && (probe->server == 1 || probe->server == getpid());
    if (probe->server > 0 && !names_another && can_signal(probe->server)) {
        found |= CMCP_BREACH_SIGNAL_SERVER;
    }
    if (!has_own_numbers && can_signal(getppid())) {
        found |= CMCP_BREACH_SIGNAL_SUPERVISOR;
    }
    if (!can_end_child()) {
        found |= CMCP_BREACH_OWN_SIGNALS;
    }
    if (unshare(CLONE_NEWUSER) == 0) {
        found |= CMCP_BREACH_USER_NAMESPACE;
    }
    if (mount("probe", "/", "tmpfs", 0, NULL) == 0) {
        found |= CMCP_BREACH_MOUNT;
    }
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0) {
        found |= CMCP_BREACH_PTRACE;
    }
    file = (int)syscall(SYS_memfd_create, "probe", 0);
    if (file >= 0) {
        found |= CMCP_BREACH_MEMFD;
        close(file);
    }
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    memset(data, 0xff, sizeof data);
    if (syscall(SYS_capget, &header, data) != 0 || data[0].effective != 0 || data[0].permitted != 0 ||
        data[1].effective != 0 || data[1].permitted != 0) {
        found |= CMCP_BREACH_CAPABILITIES;
    } else {
        held |= CMCP_LAYER_CAPABILITIES;
    }
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
        held |= CMCP_LAYER_NO_NEW_PRIVS;
    } else {
        found |= CMCP_BREACH_NEW_PRIVS;
    }
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2) {
        held |= CMCP_LAYER_SECCOMP;
    } else {
        found |= CMCP_BREACH_NO_FILTER;
    }
    if (setresuid(0, 0, 0) == 0 || getuid() == 0 || geteuid() == 0) {
        found |= CMCP_BREACH_UID_ZERO;
    }
    // Everything but the three standard descriptors and the probe's own must be closed.
    for (int descriptor = 4; descriptor < 256; descriptor++) {
        if (fcntl(descriptor, F_GETFD) >= 0) {
            found |= CMCP_BREACH_DESCRIPTOR;
        }
    }
    char path[512];
    snprintf(path, sizeof path, "%s/.cmcp-probe-%d", probe->workspace, (int)getpid());
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 || write(file, "x", 1) != 1) {
        found |= CMCP_BREACH_WORKSPACE;
    }
    if (file >= 0) {
        close(file);
        if (unlink(path) != 0) {
            found |= CMCP_BREACH_WORKSPACE;
        }
    }
    *breaches = found;
    *confirmed = held;
}
