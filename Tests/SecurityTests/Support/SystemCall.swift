// SPDX-License-Identifier: Apache-2.0

/// A system call that a child must not get, with its numbers.
struct SystemCall: Sendable {
    /// What an unconfined process that is not privileged hears when it calls with useless arguments.
    enum Control: Sendable {
        /// Something that differs from a refusal by the filter, also for an ordinary user.
        case anybody
        /// The same, but for root only: an ordinary user is refused by the kernel itself.
        case root
        /// Never tried unconfined: it would do harm, or the kernel may lack it.
        case none
    }

    let name: String
    let x86: Int
    let arm: Int
    /// Arguments as Python writes them.
    let arguments: String
    let control: Control

    init(
        _ name: String,
        _ x86: Int,
        _ arm: Int,
        _ arguments: String = "0, 0, 0, 0, 0, 0",
        _ control: Control = .anybody
    ) {
        self.name = name
        self.x86 = x86
        self.arm = arm
        self.arguments = arguments
        self.control = control
    }

    /// The same number on every architecture.
    init(
        _ name: String,
        _ number: Int,
        _ arguments: String = "0, 0, 0, 0, 0, 0",
        _ control: Control = .anybody
    ) {
        self.init(name, number, number, arguments, control)
    }

    /// Only -1 where the architecture has no such call.
    var number: Int {
        #if arch(arm64)
            arm
        #else
            x86
        #endif
    }

    /// The list of the threat model, and what belongs to it by its sense.
    ///
    /// Arguments are such that a call that gets
    /// through does nothing.
    static let refused: [SystemCall] = [
        SystemCall("bpf", 321, 280, "-1, 0, 0", .root), SystemCall("io_uring_setup", 425, "0, 0"),
        SystemCall("io_uring_enter", 426, "-1, 0, 0, 0, 0, 0"),
        SystemCall("io_uring_register", 427, "-1, 0, 0, 0"),
        SystemCall("userfaultfd", 323, 282, "-1"),
        SystemCall("perf_event_open", 298, 241, "0, -1, -1, -1, -1"),
        SystemCall("keyctl", 250, 219, "-1, 0, 0, 0, 0"), SystemCall("add_key", 248, 217, "0, 0, 0, 0, 0"),
        SystemCall("request_key", 249, 218, "0, 0, 0, 0"), SystemCall("ptrace", 101, 117, "16, -1, 0, 0"),
        SystemCall("process_vm_readv", 310, 270, "-1, 0, 0, 0, 0, 1"),
        SystemCall("process_vm_writev", 311, 271, "-1, 0, 0, 0, 0, 1"),
        SystemCall("process_madvise", 440, "-1, 0, 0, 0, 1"), SystemCall("pidfd_getfd", 438, "-1, -1, 1"),
        SystemCall("kcmp", 312, 272, "-1, -1, 0, 0, 0", .none),
        SystemCall("mount", 165, 40, "0, 0, 0, 0, 0", .root),
        SystemCall("umount2", 166, 39, "0, -1", .root), SystemCall("pivot_root", 155, 41, "0, 0", .root),
        SystemCall("fsopen", 430, "0, -1", .root), SystemCall("fsconfig", 431, "-1, 0, 0, 0, 0"),
        SystemCall("fsmount", 432, "-1, -1, -1", .root), SystemCall("fspick", 433, "-1, 0, -1", .root),
        SystemCall("move_mount", 429, "-1, 0, -1, 0, -1", .root), SystemCall("open_tree", 428, "-1, 0, -1"),
        SystemCall("mount_setattr", 442, "-1, 0, -1, 0, 0"), SystemCall("setns", 308, 268, "-1, 0"),
        SystemCall("unshare", 272, 97, "0"), SystemCall("unshare user", 272, 97, "0x10000000"),
        SystemCall("unshare mount", 272, 97, "0x20000", .root),
        SystemCall("unshare net", 272, 97, "0x40000000", .root),
        SystemCall("clone3", 435, "0, 0"), SystemCall("open_by_handle_at", 304, 265, "-1, 0, 0", .root),
        SystemCall("name_to_handle_at", 303, 264, "-1, 0, 0, 0, 0"),
        SystemCall("init_module", 175, 105, "0, 0, 0", .root),
        SystemCall("finit_module", 313, 273, "-1, 0, 0", .root),
        SystemCall("delete_module", 176, 106, "0, 0", .root),
        SystemCall("kexec_load", 246, 104, "0, -1, 0, -1", .none),
        SystemCall("kexec_file_load", 320, 294, "-1, -1, 0, 0, -1", .none),
        SystemCall("reboot", 169, 142, "0, 0, 0, 0", .none), SystemCall("swapon", 167, 224, "0, 0", .none),
        SystemCall("swapoff", 168, 225, "0", .none), SystemCall("acct", 163, 89, "-1", .none),
        SystemCall("quotactl", 179, 60, "-1, 0, 0, 0", .none),
        SystemCall("quotactl_fd", 443, "-1, -1, 0, 0", .none), SystemCall("iopl", 172, -1, "0"),
        SystemCall("ioperm", 173, -1, "0, 0, 0"),
        SystemCall("modify_ldt", 154, -1, "99, 0, 0", .none),
        SystemCall("syslog", 103, 116, "10, 0, 0", .none),
        SystemCall("clock_settime", 227, 112, "-1, 0", .none),
        SystemCall("clock_adjtime", 305, 266, "-1, 0", .none),
        SystemCall("settimeofday", 164, 170, "1, 0", .none), SystemCall("adjtimex", 159, 171, "0", .none),
        SystemCall("chroot", 161, 51, "0"), SystemCall("fanotify_init", 300, 262, "-1, 0", .none),
        SystemCall("fanotify_mark", 301, 263, "-1, -1, 0, -1, 0", .none),
        SystemCall("memfd_create", 319, 279, "0, 0"),
        SystemCall("memfd_secret", 447, "-1", .none), SystemCall("seccomp", 317, 277, "-1, 0, 0"),
        SystemCall("sethostname", 170, 161, "0, -1", .root),
        SystemCall("setdomainname", 171, 162, "0, -1", .root),
        SystemCall("setgroups", 116, 159, "-1, 0", .root), SystemCall("vhangup", 153, 58, "", .none),
        SystemCall("move_pages", 279, 239, "-1, 0, 0, 0, 0, 0", .none),
        SystemCall("migrate_pages", 256, 238, "-1, 0, 0, 0", .none),
        SystemCall("vmsplice", 278, 75, "-1, 0, 0, 0"), SystemCall("shmget", 29, 194, "0, 0, 0"),
        SystemCall("shmat", 30, 196, "-1, 0, 0"),
        SystemCall("semget", 64, 190, "0, 0, 0"), SystemCall("msgget", 68, 186, "-1, 0"),
        SystemCall("mq_open", 240, 180, "0, 0, 0, 0"),
        SystemCall("openat2", 437, "-1, 0, 0, 0"), SystemCall("execveat", 322, 281, "-1, 0, 0, 0, 0"),
        SystemCall("personality", 135, 92, "0x0040000"), SystemCall("statmount", 457, "0, 0, 0, 0", .none),
        SystemCall("listmount", 458, "0, 0, 0, 0", .none),
        SystemCall("setxattrat", 463, "-1, 0, 0, 0, 0, 0", .none),
        SystemCall("file_setattr", 469, "-1, 0, 0, 0, 0", .none), SystemCall("no such call", 2000, "", .none),
    ]

    /// What is refused besides at level `filtered`, where neither mounts nor namespaces stand behind the filter.
    ///
    /// The arguments mean the caller itself or the file FILE in its workspace, so that the refusal is the filter's.
    static let refusedWithoutNamespaces: [SystemCall] = [
        SystemCall("chmod", 90, -1, "FILE, 0o600"), SystemCall("fchmod", 91, 52, "FD, 0o600"),
        SystemCall("fchmodat", 268, 53, "-100, FILE, 0o600"),
        SystemCall("fchmodat2", 452, "-100, FILE, 0o600, 0", .none),
        SystemCall("chown", 92, -1, "FILE, -1, -1"), SystemCall("fchown", 93, 55, "FD, -1, -1"),
        SystemCall("lchown", 94, -1, "FILE, -1, -1"),
        SystemCall("fchownat", 260, 54, "-100, FILE, -1, -1, 0"),
        SystemCall("setxattr", 188, 5, "FILE, b'user.x', b'y', 1, 0", .none),
        SystemCall("lsetxattr", 189, 6, "FILE, b'user.x', b'y', 1, 0", .none),
        SystemCall("fsetxattr", 190, 7, "FD, b'user.x', b'y', 1, 0", .none),
        SystemCall("removexattr", 197, 14, "FILE, b'user.x'", .none),
        SystemCall("lremovexattr", 198, 15, "FILE, b'user.x'", .none),
        SystemCall("fremovexattr", 199, 16, "FD, b'user.x'", .none),
        SystemCall("utime", 132, -1, "FILE, 0"), SystemCall("utimes", 235, -1, "FILE, 0"),
        SystemCall("futimesat", 261, -1, "-100, FILE, 0"),
        SystemCall("utimensat", 280, 88, "-100, FILE, 0, 0"),
        SystemCall("F_SETOWN", 72, 25, "FD, 8, PID"), SystemCall("F_SETSIG", 72, 25, "FD, 10, 0"),
        SystemCall("F_SETOWN_EX", 72, 25, "FD, 15, b'\\0' * 8", .none),
        SystemCall("FIOASYNC", 16, 29, "PIPE, 0x5452, b'\\0' * 4"),
        SystemCall("FIOASYNC with a high half", 16, 29, "PIPE, 0x100005452, b'\\0' * 4"),
        SystemCall("FIOSETOWN", 16, 29, "PIPE, 0x8901, b'\\0' * 4", .none),
        SystemCall("SIOCSPGRP", 16, 29, "PIPE, 0x8902, b'\\0' * 4", .none),
        SystemCall("prlimit64", 302, 261, "PID, 7, 0, 0"),
        SystemCall("setpriority process", 141, 140, "0, PID, 19"),
        SystemCall("setpriority user", 141, 140, "2, 0, 19", .none),
        SystemCall("ioprio_set", 251, 30, "1, PID, 0x6000", .none),
        SystemCall("ioprio_set user", 251, 30, "3, 0, 0x6000", .none),
        SystemCall("sched_setaffinity", 203, 122, "PID, 8, b'\\xff' * 8"),
        SystemCall("sched_setparam", 142, 118, "PID, b'\\0' * 8"),
        SystemCall("sched_setscheduler", 144, 119, "PID, 0, b'\\0' * 8"),
        SystemCall("sched_setattr", 314, 274, "PID, b'\\x30' + bytes(15) + b'\\x13' + bytes(43), 0"),
        SystemCall("inotify_add_watch", 254, 27, "INOTIFY, FILE, 2"),
        SystemCall("FS_IOC_SETFLAGS", 16, 29, "FD, 0x40086602, b'\\0' * 8", .none),
        SystemCall("FS_IOC_ENABLE_VERITY", 16, 29, "FD, 0x40806685, 0", .none),
    ]

    /// Python that makes calls and prints for each: its name, the result, errno.
    static func program(for calls: [SystemCall]) -> String {
        var text = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            FILE = b'probe.txt'
            FD = os.open(FILE, os.O_RDWR | os.O_CREAT)
            PIPE = os.pipe()[0]
            PID = os.getpid()
            try: INOTIFY = libc.inotify_init1(0)
            except Exception: INOTIFY = -1
            def attempt(name, number, *arguments):
                ctypes.set_errno(0)
                wide = [a if isinstance(a, bytes) else ctypes.c_long(a) for a in arguments]
                result = libc.syscall(ctypes.c_long(number), *wide)
                print(name, result, ctypes.get_errno(), sep=': ', flush=True)

            """
        for call in calls where call.number >= 0 {
            let arguments = call.arguments.isEmpty ? "" : ", " + call.arguments
            text += "attempt('\(call.name)', \(call.number)\(arguments))\n"
        }
        return text
    }

    /// What ``program(for:)`` printed: result and errno by name.
    static func answers(_ output: String) -> [String: (result: Int, error: Int)] {
        var answers: [String: (result: Int, error: Int)] = [:]
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: ":").map { $0.drop { $0 == " " } }
            guard parts.count == 3, let result = Int(parts[1]), let error = Int(parts[2]) else { continue }
            answers[String(parts[0])] = (result, error)
        }
        return answers
    }
}
