// SPDX-License-Identifier: Apache-2.0
// Control groups (cgroups(7), version 2): a call's processes are born in one, and none of them can leave it.
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "internal.h"

/// The arguments of clone3(2) as of Linux 5.7, where the last one came; Debian 12's headers name them all.
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

int cmcp_join_group(int processes) {
    // 0 stands for the writer.
    int written = write(processes, "0", 1) == 1, error = errno;
    close(processes);
    errno = error;
    return written ? 0 : -1;
}

long cmcp_clone_into_group(unsigned long flags, int *pidfd, int group, int *must_join) {
    // Moving a process from one group to another waits for every CPU, which takes ten times as long as all else that
    // a call needs. One that is started in its group needs no move.
    struct clone_args arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.flags = (flags & ~0xffUL) | CLONE_INTO_CGROUP;
    arguments.exit_signal = flags & 0xff;
    arguments.pidfd = (uint64_t)(uintptr_t)pidfd;
    arguments.cgroup = (uint64_t)group;
    *must_join = -1;
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    // Docker's profile refuses clone3, whose arguments a filter can't read.
    if (pid >= 0 || (errno != ENOSYS && errno != EPERM)) {
        return pid;
    }
    int processes = openat(group, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (processes < 0) {
        return -1;
    }
    *must_join = fcntl(processes, F_DUPFD_CLOEXEC, 16);
    close(processes);
    pid = *must_join < 0 ? -1 : syscall(SYS_clone, flags, NULL, pidfd, NULL, NULL);
    if (pid != 0 && *must_join >= 0) {
        int error = errno;
        close(*must_join);
        errno = error;
    }
    return pid;
}

int cmcp_look_as(uint32_t user, uint32_t group) {
    // The kernel takes each change for one of credentials, after which a process may leave a core to whoever collects
    // them (fs.suid_dumpable).
    int dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    // Both answer with who it was before; only a second question tells whether they worked.
    setfsgid(group);
    setfsuid(user);
    int works = (uint32_t)setfsuid((uid_t)-1) == user && (uint32_t)setfsgid((gid_t)-1) == group;
    if (!works) {
        setfsuid(geteuid());
        setfsgid(getegid());
    }
    if (dumpable == 0) {
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    }
    return works ? 0 : -1;
}

int cmcp_is_delegated(const char *folder) {
    static const char *const names[] = {"user.delegate", "trusted.delegate"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char value[8];
        if (getxattr(folder, names[i], value, sizeof value) == 1 && value[0] == '1') {
            return 1;
        }
    }
    return 0;
}

int cmcp_lock_folder(int folder) { return flock(folder, LOCK_EX | LOCK_NB); }
