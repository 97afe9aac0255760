// SPDX-License-Identifier: Apache-2.0
// The system call filter: an allow-list, turned into a balanced tree of comparisons. (The kernel evaluates a new
// filter once for every number to fill its cache; a linear list of this length costs ten times as much there.)
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/falloc.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "internal.h"

#if defined(__x86_64__)
#define CMCP_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CMCP_AUDIT_ARCH AUDIT_ARCH_AARCH64
#else
#error "The system call filter knows x86-64 and arm64 only."
#endif

/// What happens to one system call.
enum verdict {
    UNKNOWN = 0, ///< ENOSYS: not on the list, or made to look absent so that libraries fall back.
    ALLOW,
    REFUSE,       ///< EPERM.
    REFUSE_FILTERED, ///< EPERM where there is no mount or pid namespace, else allowed.
    UNSUPPORTED_FILTERED, ///< EOPNOTSUPP where REFUSE_FILTERED has EPERM: programs then do without.
    CHECK_CLONE,
    CHECK_SOCKET,
    CHECK_SOCKETPAIR,
    CHECK_SETSOCKOPT, ///< Send buffers keep their size: their memory belongs to no process. Said to have worked.
    CHECK_IOCTL,
    CHECK_FCNTL,
    CHECK_FALLOCATE, ///< Nothing past the end of a file, which RLIMIT_FSIZE does not bound, and no moved ranges.
    CHECK_PERSONALITY,
    CHECK_MODE_1, ///< No set-id bits in argument 1.
    CHECK_MODE_2,
    CHECK_OPEN,   ///< No set-id bits where the call creates, no way around Landlock; flags in argument 1.
    CHECK_OPENAT, ///< The same with flags in argument 2.
    CHECK_UTIMENSAT, ///< At the filtered level only "now" and only for an open file: arguments 1 and 2 are null.
    CHECK_PID_0,  ///< At the filtered level only the caller itself: argument 0 is 0.
    SIGNAL, ///< Where nothing else confines signals, the supervisor is asked, which stands outside of the call.
    CHECK_PRCTL, ///< No process hides from the look at what it holds (PR_SET_DUMPABLE 0).
    CHECK_PROCESS_PID_1, ///< At the filtered level argument 0 is at most the smallest class and argument 1 is 0.
    VERDICTS,
};

struct entry {
    int number;
    enum verdict verdict;
};

static const struct entry entries[] = {
#define A(name) {SYS_##name, ALLOW},
#define V(name, verdict) {SYS_##name, verdict},
    // Input and output on what is open.
    A(read) A(write) A(readv) A(writev) A(pread64) A(pwrite64) A(preadv) A(pwritev) A(preadv2) A(pwritev2) A(close)
    A(lseek) A(fstat) A(dup) A(dup3) A(pipe2) A(sendfile) A(splice) A(tee) A(copy_file_range) A(flock) A(fsync)
    A(fdatasync) A(ftruncate) V(fallocate, CHECK_FALLOCATE) A(fadvise64) A(readahead) A(sync_file_range)
    A(getdents64) A(fchdir) V(ioctl, CHECK_IOCTL) V(fcntl, CHECK_FCNTL) A(close_range) A(ppoll) A(pselect6)
    A(epoll_create1) A(epoll_ctl) A(epoll_pwait) A(epoll_pwait2) A(eventfd2) A(signalfd4) A(timerfd_create) A(timerfd_settime) A(timerfd_gettime)
    // An instance is of no use where nothing can be added, and the few of a user are the server's, too.
    V(inotify_init1, REFUSE_FILTERED) V(inotify_add_watch, REFUSE_FILTERED) A(inotify_rm_watch)
    // Names. Which of them can be reached is decided by the mounts and by Landlock.
    V(openat, CHECK_OPENAT) A(readlinkat) A(faccessat) A(faccessat2) A(statx) A(newfstatat) A(statfs) A(fstatfs)
    A(mkdirat) A(unlinkat) A(renameat) A(renameat2) A(linkat) A(symlinkat) A(truncate) A(chdir) A(getcwd) A(umask)
    V(mknodat, CHECK_MODE_2)
    V(utimensat, CHECK_UTIMENSAT) V(fchmod, CHECK_MODE_1) V(fchmodat, CHECK_MODE_2)
    V(fchown, REFUSE_FILTERED) V(fchownat, REFUSE_FILTERED)
    // Landlock does not cover reading attributes by path.
    V(getxattr, UNSUPPORTED_FILTERED) V(lgetxattr, UNSUPPORTED_FILTERED) A(fgetxattr)
    V(listxattr, UNSUPPORTED_FILTERED) V(llistxattr, UNSUPPORTED_FILTERED) A(flistxattr)
    V(setxattr, REFUSE_FILTERED) V(lsetxattr, REFUSE_FILTERED) V(fsetxattr, REFUSE_FILTERED)
    V(removexattr, REFUSE_FILTERED) V(lremovexattr, REFUSE_FILTERED) V(fremovexattr, REFUSE_FILTERED)
    // Memory.
    A(mmap) A(mprotect) A(munmap) A(mremap) A(msync) A(madvise) A(mincore) A(brk) A(mlock) A(mlock2) A(munlock)
    A(mlockall) A(munlockall) A(membarrier) A(pkey_alloc) A(pkey_free) A(pkey_mprotect)
    // Processes, threads, signals, time.
    V(clone, CHECK_CLONE) A(execve) A(exit) A(exit_group) A(wait4) A(waitid)
    V(kill, SIGNAL) V(tkill, SIGNAL) V(tgkill, SIGNAL) V(rt_sigqueueinfo, SIGNAL) V(rt_tgsigqueueinfo, SIGNAL)
    V(pidfd_send_signal, SIGNAL)
    A(rt_sigaction) A(rt_sigprocmask) A(rt_sigreturn) A(rt_sigpending) A(rt_sigtimedwait) A(rt_sigsuspend)
    A(sigaltstack) A(pidfd_open) A(futex)
    A(set_robust_list) A(get_robust_list) A(set_tid_address) A(restart_syscall) A(rseq) A(gettid) A(getpid) A(getppid)
    A(getpgid) A(setpgid) A(getsid) A(setsid) A(getuid) A(geteuid) A(getgid) A(getegid) A(getresuid) A(getresgid)
    A(getgroups) A(setuid) A(setgid) A(setreuid) A(setregid) A(setresuid) A(setresgid) A(setfsuid) A(setfsgid)
    A(capget) A(capset) V(prctl, CHECK_PRCTL) A(getrlimit) A(setrlimit) V(prlimit64, CHECK_PID_0) A(getrusage) A(times)
    A(sysinfo) A(uname) A(getcpu) A(getrandom) A(sched_yield) A(sched_getaffinity) A(sched_getparam)
    A(sched_getscheduler) A(sched_getattr) A(sched_get_priority_max) A(sched_get_priority_min)
    A(sched_rr_get_interval) V(sched_setaffinity, CHECK_PID_0) V(sched_setparam, CHECK_PID_0)
    V(sched_setscheduler, CHECK_PID_0) V(sched_setattr, CHECK_PID_0) A(getpriority)
    V(setpriority, CHECK_PROCESS_PID_1) A(ioprio_get) V(ioprio_set, CHECK_PROCESS_PID_1) A(nanosleep)
    A(clock_nanosleep) A(clock_gettime) A(clock_getres) A(gettimeofday) A(getitimer) A(setitimer) A(timer_create)
    A(timer_settime) A(timer_gettime) A(timer_getoverrun) A(timer_delete) V(personality, CHECK_PERSONALITY)
    // Sockets: local ones only, and those only where a network namespace stands behind the filter.
    V(socket, CHECK_SOCKET) V(socketpair, CHECK_SOCKETPAIR) A(bind) A(listen) A(accept) A(accept4) A(connect)
    A(getsockname) A(getpeername) V(setsockopt, CHECK_SETSOCKOPT) A(getsockopt) A(sendto) A(recvfrom) A(sendmsg) A(recvmsg)
    A(sendmmsg) A(recvmmsg) A(shutdown)
    // Landlock (444, 445, 446) stays UNKNOWN: a rule keeps its file on the disk after the last name and descriptor of
    // it are gone, where no count of the workspace finds it.
    // Newer numbers that Debian 12's headers do not name: futex_waitv, cachestat, futex_wake, futex_wait,
    // futex_requeue; and fchmodat2 with its mode in argument 2.
    {449, ALLOW}, {451, ALLOW}, {452, CHECK_MODE_2}, {454, ALLOW}, {455, ALLOW}, {456, ALLOW},
#if defined(__x86_64__)
    A(poll) A(select) A(epoll_create) A(epoll_wait) A(eventfd) A(signalfd) V(inotify_init, REFUSE_FILTERED) A(pipe) A(dup2)
    A(stat) A(lstat) A(access) A(getdents) A(readlink) A(rename) A(rmdir) A(link) A(unlink) A(symlink) A(fork) A(vfork)
    A(arch_prctl) A(pause) A(alarm) A(time) A(getpgrp) V(open, CHECK_OPEN) V(creat, CHECK_MODE_1) A(mkdir)
    V(mknod, CHECK_MODE_1) V(chmod, CHECK_MODE_1) V(chown, REFUSE_FILTERED) V(lchown, REFUSE_FILTERED)
    V(utime, REFUSE_FILTERED) V(utimes, REFUSE_FILTERED) V(futimesat, REFUSE_FILTERED)
    V(iopl, REFUSE) V(ioperm, REFUSE) V(modify_ldt, REFUSE)
#endif
    // Said no to by name: the answer is EPERM, so that a program reports what happened.
    V(bpf, REFUSE) V(io_uring_setup, REFUSE) V(io_uring_enter, REFUSE) V(io_uring_register, REFUSE)
    V(userfaultfd, REFUSE) V(perf_event_open, REFUSE) V(keyctl, REFUSE) V(add_key, REFUSE) V(request_key, REFUSE)
    V(ptrace, REFUSE) V(process_vm_readv, REFUSE) V(process_vm_writev, REFUSE) V(process_madvise, REFUSE)
    V(pidfd_getfd, REFUSE) V(kcmp, REFUSE) V(mount, REFUSE) V(umount2, REFUSE) V(pivot_root, REFUSE)
    V(fsopen, REFUSE) V(fsmount, REFUSE) V(fsconfig, REFUSE) V(fspick, REFUSE) V(move_mount, REFUSE)
    V(open_tree, REFUSE) V(mount_setattr, REFUSE) V(setns, REFUSE) V(unshare, REFUSE)
    V(open_by_handle_at, REFUSE) V(name_to_handle_at, REFUSE) V(init_module, REFUSE) V(finit_module, REFUSE)
    V(delete_module, REFUSE) V(kexec_load, REFUSE) V(reboot, REFUSE) V(swapon, REFUSE) V(swapoff, REFUSE)
    V(acct, REFUSE) V(quotactl, REFUSE) V(quotactl_fd, REFUSE) V(syslog, REFUSE) V(clock_settime, REFUSE)
    V(clock_adjtime, REFUSE) V(settimeofday, REFUSE) V(adjtimex, REFUSE) V(chroot, REFUSE) V(fanotify_init, REFUSE)
    V(fanotify_mark, REFUSE) V(memfd_create, REFUSE) V(seccomp, REFUSE) V(sethostname, REFUSE)
    V(setdomainname, REFUSE) V(setgroups, REFUSE) V(vhangup, REFUSE) V(sync, REFUSE) V(syncfs, REFUSE)
    V(move_pages, REFUSE) V(migrate_pages, REFUSE) V(vmsplice, REFUSE) V(lookup_dcookie, REFUSE)
    {447 /* memfd_secret */, REFUSE},
    // Memory that belongs to no process escapes every limit on processes.
    V(shmget, REFUSE) V(shmat, REFUSE) V(shmctl, REFUSE) V(shmdt, REFUSE) V(semget, REFUSE) V(semop, REFUSE)
    V(semctl, REFUSE) V(semtimedop, REFUSE) V(msgget, REFUSE) V(msgsnd, REFUSE) V(msgrcv, REFUSE) V(msgctl, REFUSE)
    V(mq_open, REFUSE) V(mq_unlink, REFUSE) V(mq_timedsend, REFUSE) V(mq_timedreceive, REFUSE)
    V(mq_notify, REFUSE) V(mq_getsetattr, REFUSE)
    // clone3, openat2 and execveat stay UNKNOWN: their arguments lie in memory that a filter cannot read (or, for
    // the last, name a file by descriptor), and every caller falls back to the older call.
#undef A
#undef V
};

#define NUMBERS 512
#define ROOM 1024

struct assembler {
    struct sock_filter code[ROOM];
    unsigned length;
    int failed;
    /// Where each verdict's code begins, once it is written.
    unsigned start[VERDICTS];
    /// Jumps that wait for the start of a verdict.
    unsigned jump_at[ROOM];
    enum verdict jump_to[ROOM];
    unsigned jumps;
};

static void emit(struct assembler *as, uint16_t code, uint32_t k, uint8_t jt, uint8_t jf) {
    if (as->length >= ROOM) {
        as->failed = 1;
        return;
    }
    as->code[as->length++] = (struct sock_filter){code, jt, jf, k};
}

static void emit_return(struct assembler *as, uint32_t value) { emit(as, BPF_RET | BPF_K, value, 0, 0); }

static void emit_load(struct assembler *as, unsigned offset) { emit(as, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }

/// The low word of an argument. The high word is ignored on purpose where the kernel itself takes an int.
static unsigned low(unsigned argument) { return (unsigned)offsetof(struct seccomp_data, args) + argument * 8; }
static unsigned high(unsigned argument) { return low(argument) + 4; }

/// A tree over [first, last) of numbers, one leaf for each run of equal verdicts.
static void emit_tree(struct assembler *as, const uint8_t *table, unsigned first, unsigned last, unsigned depth) {
    unsigned split = 0, best = NUMBERS;
    for (unsigned at = first + 1; at < last; at++) {
        if (table[at] != table[at - 1]) {
            unsigned distance = at - first > last - at ? (at - first) - (last - at) : (last - at) - (at - first);
            if (distance < best) {
                best = distance;
                split = at;
            }
        }
    }
    if (split == 0 || depth > 64) {
        if (split != 0) {
            as->failed = 1;
        }
        if (as->jumps >= ROOM) {
            as->failed = 1;
            return;
        }
        as->jump_at[as->jumps] = as->length;
        as->jump_to[as->jumps++] = (enum verdict)table[first];
        emit(as, BPF_JMP | BPF_JA, 0, 0, 0);
        return;
    }
    emit(as, BPF_JMP | BPF_JGE | BPF_K, split, 0, 1);
    unsigned patch = as->length;
    emit(as, BPF_JMP | BPF_JA, 0, 0, 0);
    emit_tree(as, table, first, split, depth + 1);
    if (patch < ROOM) {
        as->code[patch].k = as->length - patch - 1;
    }
    emit_tree(as, table, split, last, depth + 1);
}

#define ERRNO_OF(error) (SECCOMP_RET_ERRNO | (error))

static void refuse_equal(struct assembler *as, uint32_t value) {
    emit(as, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    emit_return(as, ERRNO_OF(EPERM));
}

static void refuse_bits(struct assembler *as, uint32_t bits) {
    emit(as, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
    emit_return(as, ERRNO_OF(EPERM));
}

static void refuse_unless(struct assembler *as, uint32_t value) {
    emit(as, BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
    emit_return(as, ERRNO_OF(EPERM));
}

/// Goes on with some bits of what is loaded.
static void mask(struct assembler *as, uint32_t bits) { emit(as, BPF_ALU | BPF_AND | BPF_K, bits, 0, 0); }

static void allow_equal(struct assembler *as, uint32_t value) {
    emit(as, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    emit_return(as, SECCOMP_RET_ALLOW);
}

/// The ioctl requests of the filtered level: about a descriptor itself, about bytes that wait, about a terminal that
/// is not there, reading a file's flags and extents, and copying by reference, which asks for write access.
static const uint32_t harmless_requests[] = {
    0x5401 /* TCGETS */, 0x540F /* TIOCGPGRP */, 0x5411 /* TIOCOUTQ */, 0x5413 /* TIOCGWINSZ */,
    0x541B /* FIONREAD */, 0x5421 /* FIONBIO */, 0x5450 /* FIONCLEX */, 0x5451 /* FIOCLEX */, 0x5460 /* FIOQSIZE */,
    0x80086601 /* FS_IOC_GETFLAGS */, 0x801C581F /* FS_IOC_FSGETXATTR */, 0xC020660B /* FS_IOC_FIEMAP */,
    0x40049409 /* FICLONE */, 0x4020940D /* FICLONERANGE */,
};

#define SET_ID_BITS (S_ISUID | S_ISGID)
#define CREATES (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))
#define NAMESPACE_BITS 0x7E020000u
#define SOCK_TYPE_MASK 0xf

static void emit_verdict(struct assembler *as, enum verdict verdict, int filtered, int asks_for_signals) {
    as->start[verdict] = as->length;
    switch (verdict) {
    case UNKNOWN:
        emit_return(as, ERRNO_OF(ENOSYS));
        return;
    case REFUSE:
        emit_return(as, ERRNO_OF(EPERM));
        return;
    case REFUSE_FILTERED:
        emit_return(as, filtered ? ERRNO_OF(EPERM) : SECCOMP_RET_ALLOW);
        return;
    case UNSUPPORTED_FILTERED:
        emit_return(as, filtered ? ERRNO_OF(EOPNOTSUPP) : SECCOMP_RET_ALLOW);
        return;
    case SIGNAL:
        emit_return(as, asks_for_signals ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW);
        return;
    case CHECK_CLONE:
        emit_load(as, low(0));
        refuse_bits(as, NAMESPACE_BITS);
        break;
    case CHECK_SOCKET:
        if (filtered) {
            emit_return(as, ERRNO_OF(EAFNOSUPPORT));
            return;
        }
        // Falls through: local sockets only.
    case CHECK_SOCKETPAIR:
        emit_load(as, low(0));
        emit(as, BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0);
        emit_return(as, ERRNO_OF(EAFNOSUPPORT));
        if (filtered) {
            // A datagram socket of a pair can send to, and connect to, any name; the other kinds stay what they are.
            emit_load(as, low(1));
            mask(as, SOCK_TYPE_MASK);
            allow_equal(as, SOCK_STREAM);
            allow_equal(as, SOCK_SEQPACKET);
            emit_return(as, ERRNO_OF(ESOCKTNOSUPPORT));
            return;
        }
        break;
    case CHECK_SETSOCKOPT:
        emit_load(as, low(1));
        emit(as, BPF_JMP | BPF_JEQ | BPF_K, SOL_SOCKET, 0, 4);
        emit_load(as, low(2));
        emit(as, BPF_JMP | BPF_JEQ | BPF_K, SO_SNDBUF, 1, 0);
        emit(as, BPF_JMP | BPF_JEQ | BPF_K, SO_SNDBUFFORCE, 0, 1);
        emit_return(as, ERRNO_OF(0));
        break;
    case CHECK_IOCTL:
        emit_load(as, low(1));
        refuse_equal(as, 0x5412 /* TIOCSTI */);
        refuse_equal(as, 0x541C /* TIOCLINUX */);
        refuse_equal(as, 0x40305828 /* FS_IOC_RESVSP */);
        refuse_equal(as, 0x4030582A /* FS_IOC_RESVSP64 */);
        refuse_equal(as, 0x40305839 /* FS_IOC_ZERO_RANGE */);
        if (filtered) {
            // File systems have requests of their own that change a file through a descriptor opened for reading
            // (flags, verity, subvolumes), which neither Landlock nor a read-only mount stops here.
            for (size_t i = 0; i < sizeof harmless_requests / sizeof harmless_requests[0]; i++) {
                allow_equal(as, harmless_requests[i]);
            }
            emit_return(as, ERRNO_OF(EPERM));
            return;
        }
        break;
    case CHECK_FALLOCATE:
        emit_load(as, low(1));
        allow_equal(as, 0);
        allow_equal(as, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE);
        emit_return(as, ERRNO_OF(EOPNOTSUPP));
        return;
    case CHECK_PRCTL:
        emit_load(as, low(0));
        emit(as, BPF_JMP | BPF_JEQ | BPF_K, PR_SET_DUMPABLE, 0, 3);
        emit_load(as, low(1));
        refuse_unless(as, 1);
        break;
    case CHECK_UTIMENSAT:
        if (filtered) {
            for (unsigned argument = 1; argument <= 2; argument++) {
                emit_load(as, low(argument));
                refuse_unless(as, 0);
                emit_load(as, high(argument));
                refuse_unless(as, 0);
            }
        }
        break;
    case CHECK_FCNTL:
        emit_load(as, low(1));
        // A lease on a file that others can open makes them wait, up to 45 seconds at a time.
        refuse_equal(as, 1024 /* F_SETLEASE */);
        refuse_equal(as, 1040 /* F_SETDELEG */);
        if (filtered) {
            refuse_equal(as, 8 /* F_SETOWN */);
            refuse_equal(as, 10 /* F_SETSIG */);
            refuse_equal(as, 15 /* F_SETOWN_EX */);
        }
        break;
    case CHECK_PERSONALITY:
        emit_load(as, low(0));
        emit(as, BPF_JMP | BPF_JEQ | BPF_K, 0xffffffff, 1, 0);
        refuse_unless(as, 0);
        break;
    case CHECK_MODE_1:
    case CHECK_MODE_2:
        emit_load(as, low(verdict == CHECK_MODE_1 ? 1 : 2));
        refuse_bits(as, SET_ID_BITS);
        break;
    case CHECK_OPEN:
    case CHECK_OPENAT: {
        unsigned flags = verdict == CHECK_OPEN ? 1 : 2;
        if (filtered) {
            // Both access bits together open for neither reading nor writing: Landlock asks for no right at all. And
            // what is opened for reading only is truncated without one before ABI 3.
            emit_load(as, low(flags));
            mask(as, O_ACCMODE);
            refuse_equal(as, O_ACCMODE);
            emit_load(as, low(flags));
            mask(as, O_ACCMODE | O_TRUNC);
            refuse_equal(as, O_RDONLY | O_TRUNC);
        }
        emit_load(as, low(flags));
        emit(as, BPF_JMP | BPF_JSET | BPF_K, CREATES, 0, 3);
        emit_load(as, low(flags + 1));
        refuse_bits(as, SET_ID_BITS);
        break;
    }
    case CHECK_PID_0:
        if (filtered) {
            emit_load(as, low(0));
            refuse_unless(as, 0);
        }
        break;
    case CHECK_PROCESS_PID_1:
        if (filtered) {
            // PRIO_PROCESS is 0 and IOPRIO_WHO_PROCESS is 1; "user" is 2 or 3, and group 0 is the caller's own.
            emit_load(as, low(0));
            emit(as, BPF_JMP | BPF_JGT | BPF_K, 1, 0, 1);
            emit_return(as, ERRNO_OF(EPERM));
            emit_load(as, low(1));
            refuse_unless(as, 0);
        }
        break;
    case ALLOW:
    case VERDICTS:
        break;
    }
    emit_return(as, SECCOMP_RET_ALLOW);
}

int cmcp_build_filter(uint32_t level, int asks_for_signals, struct sock_fprog *program) {
    int filtered = level == CMCP_LEVEL_FILTERED;
    uint8_t table[NUMBERS];
    memset(table, UNKNOWN, sizeof table);
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (entries[i].number < 0 || entries[i].number >= NUMBERS) {
            return -1;
        }
        enum verdict verdict = entries[i].verdict;
        // Without namespaces chmod of every kind is refused, whatever its bits: Landlock does not cover it.
        int is_chmod = entries[i].number == SYS_fchmod || entries[i].number == SYS_fchmodat || entries[i].number == 452;
#if defined(__x86_64__)
        is_chmod = is_chmod || entries[i].number == SYS_chmod;
#endif
        // Nor does it cover truncation by path before ABI 3.
        int is_uncovered = is_chmod || (entries[i].number == SYS_truncate && cmcp_landlock_abi() < 3);
        table[entries[i].number] = filtered && is_uncovered ? REFUSE : (uint8_t)verdict;
    }
    struct assembler *as = calloc(1, sizeof *as);
    if (as == NULL) {
        return -1;
    }
    emit_load(as, offsetof(struct seccomp_data, arch));
    emit(as, BPF_JMP | BPF_JEQ | BPF_K, CMCP_AUDIT_ARCH, 1, 0);
    emit_return(as, SECCOMP_RET_KILL_PROCESS);
    emit_load(as, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    // x32 shares the architecture word and sets this bit; -1 (a tracer's skip) is no call at all.
    emit(as, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
    emit_return(as, SECCOMP_RET_KILL_PROCESS);
#endif
    emit(as, BPF_JMP | BPF_JGE | BPF_K, NUMBERS, 0, 1);
    emit_return(as, ERRNO_OF(ENOSYS));
    emit_tree(as, table, 0, NUMBERS, 0);
    for (int verdict = 0; verdict < VERDICTS; verdict++) {
        emit_verdict(as, (enum verdict)verdict, filtered, asks_for_signals);
    }
    for (unsigned i = 0; i < as->jumps && !as->failed; i++) {
        as->code[as->jump_at[i]].k = as->start[as->jump_to[i]] - as->jump_at[i] - 1;
    }
    int result = -1;
    if (!as->failed) {
        program->filter = malloc(as->length * sizeof(struct sock_filter));
        if (program->filter != NULL) {
            memcpy(program->filter, as->code, as->length * sizeof(struct sock_filter));
            program->len = (unsigned short)as->length;
            result = 0;
        }
    }
    free(as);
    return result;
}
