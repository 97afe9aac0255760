// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

/// The system call filter, by native calls (P-12 and section 2.2 of the threat model).
@Suite struct SystemCallTests {
    @Test(arguments: Place.attacked)
    func `every call of the refused set is refused`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            let reply = await attacked.python(SystemCall.program(for: SystemCall.refused))
            let answers = SystemCall.answers(reply.output)
            for call in SystemCall.refused where call.number >= 0 {
                let answer = try #require(answers[call.name], "\(call.name): \(reply.everything)")
                #expect(answer.result == -1, "\(call.name)")
                #expect([EPERM, ENOSYS].contains(Int32(answer.error)), "\(call.name): errno \(answer.error)")
            }
            #expect(answers["clone3"]?.error == Int(ENOSYS), "libraries fall back only from ENOSYS")
            #expect(answers["no such call"]?.error == Int(ENOSYS))
        }
    }

    @Test func `unconfined, the same calls get to the kernel`() async throws {
        try await HostFolder.with { folder in
            let calls = SystemCall.refused.filter {
                switch $0.control {
                case .anybody: true
                case .root: geteuid() == 0
                case .none: false
                }
            }
            let control = try Unconfined.python(SystemCall.program(for: calls), in: folder)
            let answers = SystemCall.answers(control.output)
            let alike = calls.filter { call in
                guard call.number >= 0, let answer = answers[call.name] else { return call.number >= 0 }
                return answer.result == -1 && [EPERM, ENOSYS].contains(Int32(answer.error))
            }
            // A hardened kernel may refuse some. A container's own filter may refuse most, and never all.
            let status = HostFolder.read("/proc/self/status") ?? ""
            let allowed = status.contains("Seccomp:\t2") ? calls.count * 3 / 4 : calls.count / 4
            #expect(alike.count < allowed, "refused without a sandbox: \(alike.map(\.name))")
        }
    }

    @Test func `without namespaces, what could be turned against the server is refused too`() async throws {
        try await AttackServer.with(.filtered) { attacked in
            let reply = await attacked.python(SystemCall.program(for: SystemCall.refusedWithoutNamespaces))
            let answers = SystemCall.answers(reply.output)
            for call in SystemCall.refusedWithoutNamespaces where call.number >= 0 {
                let answer = try #require(answers[call.name], "\(call.name): \(reply.everything)")
                #expect(answer.result == -1 && answer.error == Int(EPERM), "\(call.name): \(answer)")
            }
        }
    }

    @Test func `unconfined, the calls refused without namespaces work`() async throws {
        try await HostFolder.with { folder in
            let calls = SystemCall.refusedWithoutNamespaces.filter {
                $0.control == .anybody && $0.number >= 0
            }
            let control = try Unconfined.python(SystemCall.program(for: calls), in: folder)
            let answers = SystemCall.answers(control.output)
            for call in calls {
                #expect(
                    answers[call.name]?.result ?? -1 >= 0,
                    "\(call.name): \(String(describing: answers[call.name]))"
                )
            }
        }
    }

    @Test func `without namespaces, a program may still do all this to itself where it is harmless`()
        async throws
    {
        try await AttackServer.with(.filtered) { attacked in
            let reply = await attacked.python(
                """
                import os, resource, fcntl, termios
                os.nice(1); os.sched_setaffinity(0, os.sched_getaffinity(0))
                resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
                fd = os.open('x', os.O_RDWR | os.O_CREAT)
                fcntl.fcntl(fd, fcntl.F_SETFD, 1); fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK)
                r, w = os.pipe(); os.write(w, b'abc')
                print(int.from_bytes(fcntl.ioctl(r, termios.FIONREAD, bytes(4)), 'little'), os.isatty(1))
                """
            )
            #expect(reply.output == "3 False\n", "\(reply.everything)")
            let touched = await attacked.bash("touch new; touch new; ls")
            #expect(touched.exitCode == 0 && touched.trouble.isEmpty, "\(touched.everything)")
        }
    }

    @Test(arguments: Place.attacked)
    func `no bit makes a file run as its owner`(place: Place) async throws {
        let code = """
            import os, stat
            def attempt(name, f, *a, **k):
                try: f(*a, **k)
                except OSError as error: print(name, error.errno)
            open('f', 'w').close(); os.mkdir('d')
            fd = os.open('f', os.O_RDONLY)
            attempt('chmod', os.chmod, 'f', 0o4755); attempt('chmod', os.chmod, 'f', 0o2755); attempt('fchmod', os.fchmod, fd, 0o4755)
            attempt('fchmodat', os.chmod, 'f', 0o4755, dir_fd=os.open('.', os.O_RDONLY)); attempt('chmod', os.chmod, 'd', 0o2755)
            os.umask(0)
            attempt('open', os.open, 'o4', os.O_CREAT | os.O_WRONLY, 0o4755); attempt('open', os.open, 'o2', os.O_CREAT | os.O_WRONLY, 0o2755)
            attempt('tmpfile', os.open, '.', os.O_TMPFILE | os.O_WRONLY, 0o4755)
            attempt('mknod', os.mknod, 'n4', 0o4755 | stat.S_IFREG)
            attempt('mkdir', os.mkdir, 'm2', 0o2755)
            attempt('mkdir', os.mkdir, 'm4', 0o4755)
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            for number, arguments in ((2, (b'r4', 0o101, 0o4755)), (85, (b'c4', 0o4755)), (452, (-100, b'f', 0o4755, 0)), (437, (-100, b'2', 0, 24))):
                if os.uname().machine == 'x86_64': libc.syscall(number, *arguments)
            bits = [n for n in os.listdir('.') if os.lstat(n).st_mode & 0o6000]
            print('BITS', bits)
            """
        try await AttackServer.with(place) { attacked in
            let reply = await attacked.python(code)
            #expect(reply.output.hasSuffix("BITS []\n"), "\(reply.everything)")
            let shell = await attacked.bash(
                "touch s 2>/dev/null; chmod u+s s; chmod g+s s; chmod 4755 s; mkdir g; chmod g+s g; mkdir -m 2755 h; find . -perm /6000"
            )
            #expect(shell.output.isEmpty, "\(shell.everything)")
        }
        try await HostFolder.with { folder in
            let control = try Unconfined.python(code, in: folder).output
            #expect(control.contains("'f'") && control.contains("'o4'"), "\(control)")
        }
    }

    @Test(arguments: Place.attacked)
    func `foreign entry points end the process`(place: Place) async throws {
        // An x32 number: unconfined it is served or unknown, never deadly.
        let x32 = "import ctypes; ctypes.CDLL(None).syscall(0x40000000 | 39); print('survived')"
        #if arch(x86_64)
            try await AttackServer.with(place) { attacked in
                let reply = await attacked.python(x32)
                #expect(
                    !reply.output.contains("survived") && reply.text("signal") == "SIGSYS",
                    "\(reply.everything)"
                )
                let i386 = await attacked.python(
                    """
                    import ctypes, mmap
                    room = mmap.mmap(-1, 4096, prot=7)
                    room.write(b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3')
                    ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(room)))()
                    print('survived')
                    """
                )
                #expect(!i386.output.contains("survived"), "\(i386.everything)")
            }
            try await HostFolder.with { folder in
                try #expect(Unconfined.python(x32, in: folder).output == "survived\n")
            }
        #endif
    }

    @Test(arguments: Place.attacked)
    func `terminal input cannot be faked`(place: Place) async throws {
        let code = """
            import fcntl
            for number in (0x5412, 0x541C, 0x100005412 & 0xffffffff):
                try: fcntl.ioctl(1, number, b'x')
                except OSError as error: print(error.errno)
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            print(libc.ioctl(1, ctypes.c_ulong(0x7000000000005412), b'x'), ctypes.get_errno())
            """
        try await AttackServer.with(place) { attacked in
            #expect(await attacked.python(code).output == "1\n1\n1\n-1 1\n")
        }
        try await HostFolder.with { folder in
            // There is no terminal here, so the kernel answers that, and not that it is forbidden.
            try #expect(Unconfined.python(code, in: folder).output == "25\n25\n25\n-1 25\n")
        }
    }
}
