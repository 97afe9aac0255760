// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import Glibc
import Testing

/// Attempts to use up the machine (B-12, B-14, B-16, P-2, P-4, P-13 and more).
@Suite(.serialized) struct ExhaustionTests {
    @Test(arguments: Place.attacked)
    func `a fork bomb meets its limit while others are served`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            async let bomb = attacked.bash(
                "echo up > up; b() { b | b & }; b; sleep \(attacked.mark)",
                timeout: 3
            )
            async let threads = attacked.python(
                """
                import threading, time
                made = 0
                try:
                    for _ in range(300): threading.Thread(target=time.sleep, args=(0.5,), daemon=True).start(); made += 1
                except RuntimeError: pass
                print(made)
                """
            )
            let isUp = await eventually { HostFolder.exists(attacked.workspace + "/up") }
            #expect(isUp)
            // A command that forks itself.
            let other = await attacked.bash("ls > /dev/null && echo served")
            #expect(other.output == "served\n", "\(other.everything)")
            let made = await threads
            let isEnded = place.level == .filtered && made.text("limit") == "processes"
            #expect(isEnded || (Int(made.output.dropLast()) ?? 1000) <= 64, "\(made.everything)")
            _ = await bomb
        }
    }

    @Test(arguments: Place.attacked)
    func `processes of other calls and of the same user elsewhere do not count`(place: Place)
        async throws
    {
        try await AttackServer.with(place) { attacked in
            let others = try (0..<80).map { _ in try Unconfined.start("/bin/sleep", ["sleep", "86397"]) }
            defer {
                for other in others {
                    kill(other, SIGKILL)
                    _ = Unconfined.wait(for: other)
                }
            }
            let line =
                "for i in {1..50}; do sleep \(attacked.mark) & done; echo up > up$1; until [ -e done ]; do sleep 0.1; done; echo over"
            async let first = attacked.bash("set -- 1; " + line)
            async let second = attacked.bash("set -- 2; " + line)
            let areUp = await eventually {
                HostFolder.exists(attacked.workspace + "/up1")
                    && HostFolder.exists(attacked.workspace + "/up2")
            }
            #expect(areUp)
            let third = await attacked.bash(
                "ls | cat > /dev/null; for i in {1..20}; do sleep 0.01 & done; wait; echo served"
            )
            #expect(third.output == "served\n" && third.trouble.isEmpty, "\(third.everything)")
            try HostFolder.write("x", to: attacked.workspace + "/done")
            let endings = await [first.output, second.output]
            #expect(endings == ["over\n", "over\n"])
        }
    }

    @Test func `unconfined, more processes than that can be made`() async throws {
        try await HostFolder.with { folder in
            let control = try Unconfined.bash(
                "for i in {1..100}; do sleep 2 & done; jobs -p | wc -l",
                in: folder
            )
            #expect(control.output.contains("100"))
        }
    }

    /// Makes inotify instances until the kernel refuses one, and then waits for a word if asked to.
    private static let watchers = """
        import ctypes, os, time
        libc = ctypes.CDLL(None, use_errno=True)
        made = 0
        while made < 40 and libc.inotify_init1(0) >= 0: made += 1
        print(made, os.strerror(ctypes.get_errno()), flush=True)
        """

    @Test(arguments: Place.attacked)
    func `watches of files, which count for the user id, are each call's own`(place: Place) async throws {
        var mount = statvfs()
        if unsafe statvfs("/proc/sys", &mount) == 0, mount.f_flag & UInt(ST_RDONLY) != 0,
            place.level != .filtered
        {
            try Test.cancel("/proc/sys is mounted read-only here, so no call can be given a share of its own")
        }
        if place.backend == .firejail, geteuid() != 0 {
            try Test.cancel(
                "firejail shows an ordinary user /proc/sys read-only, so no call has a share of its own"
            )
        }
        try await AttackServer.with(place) { attacked in
            let holder =
                Self.watchers
                + "\nopen('up', 'w')\nwhile not os.path.exists('done'): time.sleep(0.05)"
            async let first = attacked.python(holder)
            let isUp = await eventually { HostFolder.exists(attacked.workspace + "/up") }
            #expect(isUp)
            let second = await attacked.python(Self.watchers)
            try HostFolder.write("x", to: attacked.workspace + "/done")
            for reply in await [first, second] {
                let expected =
                    place.level == .filtered ? "0 Operation not permitted" : "16 Too many open files"
                #expect(reply.output == expected + "\n", "\(reply.everything)")
            }
        }
    }

    @Test func `unconfined, more watches than that can be made`() async throws {
        try await HostFolder.with { folder in
            let control = try Unconfined.python(Self.watchers, in: folder)
            #expect(control.output.hasPrefix("40 "), "\(control.output)")
        }
    }

    @Test(arguments: Place.attacked)
    func `memory is bounded for a call as a whole, whoever holds it`(place: Place) async throws {
        let attempts = [
            // One process; many; many whose first thread has ended, which makes the process look empty.
            "x = b'x' * (1 << 30); print('HELD')",
            """
            import os, time
            for i in range(20):
                if os.fork() == 0:
                    x = b'x' * (100 << 20); time.sleep(100)
            time.sleep(5); print('HELD')
            """,
            """
            import ctypes, os, threading, time
            libc = ctypes.CDLL(None)
            def hold():
                x = b'x' * (60 << 20)
                time.sleep(100)
            for i in range(20):
                if os.fork() == 0:
                    threading.stack_size(1 << 16)
                    threading.Thread(target=hold).start()
                    libc.syscall({'x86_64': 60}.get(os.uname().machine, 93), 0)
            time.sleep(5); print('HELD')
            """,
            // What lies in sockets that nobody reads.
            """
            import os, socket, time
            for i in range(12):
                if os.fork() == 0:
                    held, total = [], 0
                    try:
                        while total < 100 << 20:
                            a, b = socket.socketpair(); held += [a, b]
                            for s in (a, b):
                                s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22); s.setblocking(False)
                                try:
                                    while total < 100 << 20: total += s.send(b'x' * 65536)
                                except BlockingIOError: pass
                    except OSError: pass
                    time.sleep(100)
            time.sleep(8); print('HELD')
            """,
        ]
        try await AttackServer.with(place) { attacked in
            for code in attempts {
                let reply = await attacked.python(code, timeout: 20)
                #expect(!reply.output.contains("HELD"), "\(code): \(reply.everything)")
                #expect(
                    reply.text("limit") == "memory" || reply.trouble.contains("MemoryError"),
                    "\(code): \(reply.everything)"
                )
            }
        }
    }

    @Test(arguments: Place.attacked)
    func `temporary space is bounded`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            let reply = await attacked.bash(
                "for i in {1..40}; do dd if=/dev/zero of=$TMPDIR/$i bs=1M count=60 2>/dev/null || { echo full; break; }; done; echo end; sleep 5; echo HELD",
                timeout: 20
            )
            #expect(
                reply.output.contains("full") || reply.text("limit") == "workspace",
                "\(reply.everything)"
            )
            let names = await attacked.python(
                """
                import os, time
                try:
                    for i in range(200000): open(os.environ['TMPDIR'] + '/%d' % i, 'w').close()
                    time.sleep(5); print('HELD')
                except OSError as error: print(error.errno)
                """
            )
            #expect(!names.output.contains("HELD"), "\(names.everything)")
            let left = HostFolder.names(in: attacked.folder + "/temp").filter { $0.hasPrefix("call-") }
            let isGone = await eventually {
                left.allSatisfy { !HostFolder.exists(attacked.folder + "/temp/" + $0) }
            }
            #expect(isGone, "temporary folders were left behind")
        }
    }

    @Test func `a temporary folder is removed whatever its shape`() async throws {
        try await AttackServer.with(.filtered) { attacked in
            _ = await attacked.python(
                """
                import os
                os.chdir(os.environ['TMPDIR'])
                os.mkdir('many')
                for i in range(12000): os.mknod('many/%d' % i)
                for i in range(600):
                    os.mkdir('d'); open('f', 'w').close(); os.chdir('d')
                os.mkdir('locked', 0)
                """
            )
            let isEmpty = await eventually {
                !HostFolder.names(in: attacked.folder + "/temp").contains { $0.hasPrefix("call-") }
            }
            #expect(isEmpty)
        }
    }

    @Test(arguments: Place.attacked)
    func `the disk is bounded by file and by workspace`(place: Place) async throws {
        try await AttackServer.with(place, ["WORKSPACE_MAX_MB": "64", "WORKSPACE_MAX_NAMES": "2000"]) {
            attacked in
            let one = await attacked.bash("dd if=/dev/zero of=big bs=1M count=10000")
            #expect(one.failed, "\(one.everything)")
            #expect(
                (try? Unconfined.bash("stat -c %s big", in: attacked.workspace).output).flatMap {
                    Int($0.dropLast())
                } ?? .max <= 64 << 20
            )
            _ = await attacked.bash("rm -f big")
            let many = await attacked.bash(
                "for i in {1..30}; do dd if=/dev/zero of=f$i bs=1M count=20 2>/dev/null; done; sleep 10; echo HELD"
            )
            #expect(many.text("limit") == "workspace", "\(many.everything)")
            #expect(await attacked.fileWrite("small.txt").failed)
            _ = try Unconfined.bash("rm -f f*", in: attacked.workspace)
            let names = await attacked.python(
                "import os, time\nfor i in range(100000): os.mknod('n%d' % i)\ntime.sleep(10); print('HELD')"
            )
            #expect(names.text("limit") == "workspace", "\(names.everything)")
            _ = try Unconfined.bash("find . -name 'n*' -delete", in: attacked.workspace)
            #expect(await attacked.fileWrite("small.txt").flag("success"))
        }
    }

    @Test(arguments: Place.attacked)
    func `files without a name count, too`(place: Place) async throws {
        let code = """
            import os, time
            held = []
            for i in range(20):
                fd = os.open('x', os.O_RDWR | os.O_CREAT); os.unlink('x'); held.append(fd)
                os.posix_fallocate(fd, 0, 60 << 20)
            time.sleep(6); print('HELD')
            """
        try await AttackServer.with(place) { attacked in
            let reply = await attacked.python(code)
            // What lies in memory is stopped as such.
            let limits = HostFolder.isInMemory(attacked.workspace) ? ["workspace", "memory"] : ["workspace"]
            #expect(
                limits.contains(reply.text("limit")) && !reply.output.contains("HELD"),
                "\(reply.everything)"
            )
        }
    }

    @Test(arguments: Place.attacked)
    func `floods of output are kept small and others are answered meanwhile`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            let before = HostProcesses.residentBytes()
            async let flood = attacked.bash(
                "yes 0123456789 | head -c 2000000000 & yes abcdefghij | head -c 2000000000 >&2; wait"
            )
            async let channel = attacked.python(
                "import os\nwhile True: os.write(3, b'x' * 65536)",
                timeout: 3
            )
            for _ in 0..<5 {
                #expect(await attacked.bash("echo served").output == "served\n")
            }
            let reply = await flood
            #expect(reply.text("limit") == "output", "\(reply.everything.prefix(300))")
            #expect(
                reply.text("stdout").utf8.count <= 1_100_000 && reply.text("stderr").utf8.count <= 1_100_000
            )
            #expect(
                reply.text("stdout").contains("bytes dropped")
                    || reply.text("stderr").contains("bytes dropped")
            )
            let result = await channel
            #expect(
                result.failed && result.fields["result"]?.isNull ?? true,
                "\(result.everything.prefix(300))"
            )
            // The output itself may be held some times over on its way to the reply.
            #expect(HostProcesses.residentBytes() - before < 200 << 20)
            for name in HostFolder.names(in: attacked.workspace + "/.cmcp/output") {
                var info = stat()
                unsafe lstat(attacked.workspace + "/.cmcp/output/" + name, &info)
                #expect(info.st_size <= 16 << 20)
            }
        }
    }

    @Test(arguments: Place.attacked)
    func `limits cannot be raised again`(place: Place) async throws {
        let code = """
            import resource
            for name in ('NOFILE', 'FSIZE', 'AS', 'NPROC', 'CPU', 'CORE', 'MEMLOCK', 'NICE', 'RTPRIO', 'MSGQUEUE', 'STACK'):
                number = {'NICE': 13, 'RTPRIO': 14, 'MSGQUEUE': 12}.get(name) or getattr(resource, 'RLIMIT_' + name)
                hard = resource.getrlimit(number)[1]
                if hard == -1: print('UNLIMITED', name)
                try: resource.setrlimit(number, (hard + 1, hard + 1)); print('RAISED', name)
                except (OSError, ValueError): pass
            import os
            fds = []
            try:
                while len(fds) < 1000: fds.append(os.dup(1))
            except OSError as error: print(len(fds) < 256, error.errno)
            """
        try await AttackServer.with(place) { attacked in
            #expect(await attacked.python(code).output == "True 24\n")
        }
    }

    @Test(arguments: Place.attacked)
    func `calls leave neither descriptors nor processes of the server behind`(place: Place)
        async throws
    {
        try await AttackServer.with(place) { attacked in
            _ = await attacked.bash("echo warm")
            _ = await attacked.python("print('warm')")
            let before = HostProcesses.openDescriptors()
            // Behind a wall the launcher is the same; fewer calls show that the wall's own parts leave nothing.
            let rounds = place.backend == .native ? 60 : 24
            for round in 0..<rounds {
                switch round % 6 {
                case 0: _ = await attacked.bash("exec 0<&- 1>&- 2>&-; sleep \(attacked.mark) &")
                case 1: _ = await attacked.bash("sleep \(attacked.mark)", timeout: 0.05)
                case 2:
                    _ = await attacked.python(
                        "import os\nfor fd in range(10):\n  try: os.close(fd)\n  except OSError: pass"
                    )
                case 3:
                    let task = Task { await attacked.bash("sleep \(attacked.mark)") }
                    task.cancel()
                    _ = await task.value
                case 4: _ = await attacked.bash("yes | head -c 1200000")
                default: _ = await attacked.bash("cat", stdin: String(repeating: "x", count: 100_000))
                }
            }
            // Other tests open descriptors of their own meanwhile, so one of these calls is not told from them; one
            // that each call leaves behind is.
            let settled = await eventually { HostProcesses.openDescriptors() < before + rounds / 3 }
            #expect(settled, "\(before) before, \(HostProcesses.openDescriptors()) after")
        }
    }
}
