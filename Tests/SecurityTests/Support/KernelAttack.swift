// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Native code that prints `GOT` where it has reached something it must not.
struct KernelAttack: Sendable {
    /// Who would succeed without a sandbox.
    enum Control: Sendable {
        case anybody
        /// Root with CAP_SYS_ADMIN and CAP_SYS_NICE, which a container's has not.
        case root
        /// Whoever has no system call filter above; in a container there is one.
        case unfiltered
        /// Nobody is told here, for the reason given.
        case none(String)
    }

    let name: String
    let control: Control
    /// Whether it needs a `/proc`.
    let needsProc: Bool
    /// The body of a Python function; `libc`, `call`, `os`, `struct`, `fcntl`, `socket`, `mmap` and `ctypes` are there.
    let code: String

    /// One that succeeds for anybody without a sandbox.
    init(_ name: String, needsProc: Bool = false, _ code: String) {
        self.init(name, .anybody, needsProc: needsProc, code)
    }

    init(_ name: String, _ control: Control, needsProc: Bool = false, _ code: String) {
        self.name = name
        self.control = control
        self.needsProc = needsProc
        self.code = code
    }

    /// Whether it must succeed in this test's own process without a sandbox.
    var succeedsUnconfined: Bool {
        switch control {
        case .anybody: true
        case .root: geteuid() == 0 && HostProcesses.hasCapabilities(1 << 21 | 1 << 23)
        case .unfiltered: HostProcesses.ownStatus("Seccomp") == "0"
        case .none: false
        }
    }

    private static let head = """
        import ctypes, fcntl, mmap, os, resource, select, signal, socket, struct, sys, time
        libc = ctypes.CDLL(None, use_errno=True)
        X86 = os.uname().machine == 'x86_64'
        def call(x86, arm, *arguments):
            wide = [a if isinstance(a, (bytes, ctypes.Array)) or a is None else ctypes.c_ulong(a) for a in arguments]
            libc.syscall.restype = ctypes.c_long
            result = libc.syscall(ctypes.c_ulong(x86 if X86 else arm), *wide)
            if result < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
            return result
        def attempt(name, body):
            sys.stdout.flush()
            pid = os.fork()
            if pid == 0:
                signal.alarm(8)
                try: print(name, 'GOT' if body() else 'no', sep=': ')
                except (OSError, ValueError) as error: print(name, 'no %s' % error, sep=': ')
                sys.stdout.flush()
                os._exit(0)
            if os.waitpid(pid, 0)[1] != 0: print(name, 'no, it died', sep=': ', flush=True)

        """

    /// One program that tries all of them, each in a process of its own.
    static func program(_ attacks: [KernelAttack]) -> String {
        var text = head
        for (number, attack) in attacks.enumerated() {
            text += "def body\(number)():\n"
            for line in attack.code.split(separator: "\n") { text += "    \(line)\n" }
            text += "attempt('\(attack.name)', body\(number))\n"
        }
        return text
    }

    /// What the program printed, by name.
    static func answers(_ output: String) -> [String: String] {
        var answers: [String: String] = [:]
        for line in output.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            answers[String(line[..<colon])] = String(line[colon...].dropFirst(2))
        }
        return answers
    }
}
