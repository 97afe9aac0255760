// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import Glibc
import Testing

/// Processes and space that are meant to outlast a call or its limits, and calls that look for each other.
@Suite struct LeftoverTests {
    /// How many processes of the machine have this name.
    private func count(named name: String) -> Int {
        HostFolder.names(in: "/proc").count { entry in
            pid_t(entry) != nil && HostFolder.read("/proc/\(entry)/comm") == name + "\n"
        }
    }

    @Test(arguments: attackedLevels)
    func `a swarm that forks faster than it is swept does not outlive its call`(level: SandboxLevel)
        async throws
    {
        // Each lives only until it has forked, so that a number that was read names nobody any more.
        let code = """
            import ctypes, os, time
            ctypes.CDLL(None).prctl(15, b'NAME', 0, 0, 0)
            for racer in range(12):
                try: pid = os.fork()
                except OSError: break
                if pid == 0:
                    end = time.monotonic() + 30
                    while time.monotonic() < end:
                        try:
                            if os.fork(): os._exit(0)
                        except OSError: pass
                    os._exit(0)
            time.sleep(0.1)
            print('done', flush=True)
            os._exit(0)
            """
        try await AttackServer.with(level) { attacked in
            let name = "swarm" + attacked.mark.suffix(9)
            for _ in 0..<3 {
                let reply = await attacked.python(code.replacing("NAME", with: name))
                // Where the server counts processes it may have ended the call for their number.
                #expect(
                    reply.output == "done\n" || reply.text("limit") == "processes",
                    "\(reply.everything)"
                )
                let isGone =
                    if level.hasOwnRoot { count(named: name) == 0 } else {
                        await eventually { count(named: name) == 0 }
                    }
                #expect(isGone)
            }
        }
    }

    @Test func `unconfined, the swarm outlives its first process`() async throws {
        let code = """
            import ctypes, os, time
            ctypes.CDLL(None).prctl(15, b'cmcp-swarm', 0, 0, 0)
            end = time.monotonic() + 20
            if os.fork(): os._exit(0)
            for fd in range(3): os.close(fd)
            while time.monotonic() < end and not os.path.exists('over'):
                if os.fork(): os._exit(0)
            """
        try await HostFolder.with { folder in
            _ = try Unconfined.python(code, in: folder)
            let isSeen = await eventually { count(named: "cmcp-swarm") > 0 }
            #expect(isSeen)
            try HostFolder.write("", to: folder + "/over")
            let isGone = await eventually { count(named: "cmcp-swarm") == 0 }
            #expect(isGone)
        }
    }

    @Test(arguments: attackedLevels)
    func `a signal that a child's end is said to send does not end who waits for the call`(
        level: SandboxLevel
    )
        async throws
    {
        let code = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            clone = {'x86_64': 56}.get(os.uname().machine, 220)
            for number in (0, 9, 15, 19, 20, 31, 64):
                # A sister, a child whose end kills its parent, and a sister of that child.
                if libc.syscall(clone, 0x8000 | number, 0, 0, 0, 0) == 0: os._exit(0)
                if os.fork() == 0:
                    if libc.syscall(clone, number, 0, 0, 0, 0) == 0:
                        if libc.syscall(clone, 0x8000 | number, 0, 0, 0, 0) == 0: os._exit(0)
                        os._exit(0)
                    os._exit(0)
            print('done', flush=True)
            """
        try await AttackServer.with(level) { attacked in
            for _ in 0..<3 {
                let reply = await attacked.python(code)
                #expect(reply.output == "done\n" && reply.exitCode == 0, "\(reply.everything)")
            }
        }
    }

    @Test(arguments: attackedLevels)
    func `a parent that waits in vfork for a child that stopped is ended at the limit`(level: SandboxLevel)
        async throws
    {
        let code = """
            import ctypes, os, signal
            libc = ctypes.CDLL(None, use_errno=True)
            libc.prctl(15, b'NAME', 0, 0, 0)
            clone = {'x86_64': 56}.get(os.uname().machine, 220)
            for n in range(1, 32):
                try: signal.signal(n, signal.SIG_IGN)
                except (OSError, ValueError): pass
            for depth in range(8):
                if libc.syscall(clone, 0x4000 | 17, 0, 0, 0, 0) != 0: os._exit(0)
            print('stopped', flush=True)
            os.kill(os.getpid(), signal.SIGSTOP)
            """
        try await AttackServer.with(level) { attacked in
            let name = "vfork" + attacked.mark.suffix(9)
            let reply = await attacked.python(code.replacing("NAME", with: name), timeout: 1)
            #expect(reply.flag("timed_out") && reply.output == "stopped\n", "\(reply.everything)")
            let isGone = await eventually { count(named: name) == 0 }
            #expect(isGone)
        }
    }

    @Test func `names that look like fields of proc hide no process from the count`() async throws {
        let code = """
            import ctypes, os, time
            libc = ctypes.CDLL(None)
            made = 0
            for name in (b') R 0 0 0 0 0', b'(((((((((((((((', b'\\n1 (x) S 1 1 1', b')))))))))))))))', b'') * 60:
                libc.prctl(15, name, 0, 0, 0)
                try: pid = os.fork()
                except OSError: break
                if pid == 0:
                    time.sleep(20); os._exit(0)
                made += 1
            print('MADE', made, flush=True)
            time.sleep(3)
            print('HELD' if made > 64 else 'bounded')
            """
        try await AttackServer.with(.filtered) { attacked in
            let reply = await attacked.python(code)
            #expect(!reply.output.contains("HELD"), "\(reply.everything)")
            #expect(
                reply.output.hasSuffix("bounded\n") || reply.text("limit") == "processes",
                "\(reply.everything)"
            )
        }
        try await HostFolder.with { folder in
            let control = try Unconfined.python(
                code.replacing("sleep(20)", with: "sleep(2)").replacing("sleep(3)", with: "sleep(0)"),
                in: folder
            )
            #expect(control.output.contains("HELD"), "\(control.output)")
        }
    }

    @Test(arguments: attackedLevels)
    func `no space is taken past the end of a file, where its size does not tell`(level: SandboxLevel)
        async throws
    {
        let code = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            fd = os.open('empty', os.O_RDWR | os.O_CREAT)
            for mode in (0x01, 0x11, 0x41):
                for start in (0, 96 << 20):
                    libc.fallocate(fd, mode, ctypes.c_long(start), ctypes.c_long(96 << 20))
            print(os.fstat(fd).st_size, os.fstat(fd).st_blocks >> 11)
            os.posix_fallocate(fd, 0, 1 << 20)
            libc.fallocate(fd, 3, ctypes.c_long(0), ctypes.c_long(4096))
            print(os.fstat(fd).st_size >> 20)
            """
        try await AttackServer.with(level) { attacked in
            let reply = await attacked.python(code)
            #expect(reply.output == "0 0\n1\n", "\(reply.everything)")
        }
        try await HostFolder.with { folder in
            let control = try Unconfined.python(code, in: folder)
            try #require(!control.output.hasPrefix("0 0\n"), "the file system of /tmp knows no such space")
            #expect(control.output.hasPrefix("0 192\n"), "\(control.output)")
        }
    }

    /// Everything that a place name and a descriptor for it could be good for.
    private static let visit = """
        import ctypes, os, socket
        libc = ctypes.CDLL(None, use_errno=True)
        exchange = {'x86_64': 316}.get(os.uname().machine, 276)
        open('mine', 'w').close()
        def attempt(name, way):
            try: way(); print(name)
            except OSError: pass
        def swap(a, b):
            if libc.syscall(exchange, -100, a.encode(), -100, b.encode(), 2): raise OSError
        for place in PLACES:
            def folder(): return os.open(place, os.O_PATH | os.O_DIRECTORY)
            attempt('LISTED', lambda: os.listdir(place))
            attempt('LISTED BY DESCRIPTOR', lambda: os.listdir(folder()))
            attempt('READ', lambda: open(place + '/held').read())
            attempt('READ BY DESCRIPTOR', lambda: os.open('held', os.O_RDONLY, dir_fd=folder()))
            attempt('TRUNCATED', lambda: os.truncate(place + '/held', 0))
            attempt('LINKED', lambda: os.link(place + '/held', 'taken'))
            attempt('MADE', lambda: os.mkdir(place + '/made'))
            attempt('GIVEN', lambda: os.rename('mine', place + '/given'))
            attempt('SWAPPED', lambda: swap('mine', place + '/held'))
            attempt('TAKEN', lambda: os.rename(place + '/held', 'taken-too'))
            attempt('MET', lambda: socket.socketpair()[0].connect(place + '/meet'))
            attempt('SENT', lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', place + '/meet'))
        print('tried')
        """

    @Test(arguments: attackedLevels)
    func `the folders of a call that another subject has running are out of reach, by name and by descriptor`(
        level: SandboxLevel
    ) async throws {
        try await AttackServer.with(level, ["WORKSPACE_SCOPE": "subject"]) { attacked in
            let ann = Caller(subject: Subject(id: "ann", isAuthenticated: true), session: "ann")
            let bob = Caller(subject: Subject(id: "bob", isAuthenticated: true), session: "bob")
            async let staying = attacked.python(
                """
                import os, socket, time
                for place in (os.getcwd(), os.environ['TMPDIR']):
                    open(place + '/held', 'w').write('of ann')
                    a, b = socket.socketpair(); a.bind(place + '/meet')
                open('up', 'w').close()
                end = time.monotonic() + 20
                while not os.path.exists('over') and time.monotonic() < end: time.sleep(0.02)
                print(sorted(os.listdir('.')), os.listdir(os.environ['TMPDIR']), open('held').read())
                """,
                as: ann
            )
            let subjects = attacked.workspace + "/subjects"
            let isUp = await eventually {
                HostFolder.names(in: subjects).contains { HostFolder.exists("\(subjects)/\($0)/up") }
            }
            #expect(isUp)
            let place = subjects + "/" + (try #require(HostFolder.names(in: subjects).first))
            let temporary = HostFolder.names(in: attacked.folder + "/temp").filter { $0.hasPrefix("call-") }
            let places = [place] + temporary.map { "\(attacked.folder)/temp/\($0)" }
            #expect(level.hasOwnRoot || places.count == 2)
            let list = "(" + places.map { "'\($0)'," }.joined() + ")"
            let reply = await attacked.python(Self.visit.replacing("PLACES", with: list), as: bob)
            #expect(reply.output == "tried\n", "\(reply.everything)")
            try HostFolder.write("", to: place + "/over")
            let stayed = await staying
            #expect(stayed.output.contains("'held', 'meet', 'over', 'up'"), "\(stayed.everything)")
            #expect(stayed.output.contains("of ann"), "\(stayed.everything)")
        }
        try await HostFolder.with { folder in
            unsafe mkdir(folder + "/place", 0o755)
            try HostFolder.write("of ann", to: folder + "/place/held")
            let text = Self.visit.replacing("PLACES", with: "('\(folder)/place',)")
            let control = try Unconfined.python(text, in: folder)
            for name in ["LISTED", "READ BY DESCRIPTOR", "LINKED", "GIVEN"] {
                #expect(control.output.contains(name + "\n"), "\(control.output)")
            }
        }
    }
}
