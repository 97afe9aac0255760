// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import Glibc
import Testing

/// What one call can do to another, to its own init or to the server by what the kernel keeps for a user or a file
/// (P4, P7, P8).
@Suite struct CallBorderTests {
    /// Waits in a call until another one is over.
    private static let hold =
        "\nopen('held', 'w').close()\nwhile not os.path.exists('over'): time.sleep(0.02)\nprint('over')\n"

    /// Runs code that holds something, then the body, then lets go.
    private static func holding(
        _ attacked: AttackServer,
        _ code: String,
        _ body: () async throws -> Void
    ) async throws {
        async let holder = attacked.python(code + hold, timeout: 60)
        let isHeld = await eventually { HostFolder.exists(attacked.workspace + "/held") }
        #expect(isHeld)
        try await body()
        try HostFolder.write("x", to: attacked.workspace + "/over")
        let end = await holder
        #expect(end.output.hasSuffix("over\n"), "\(end.everything)")
        _ = try Unconfined.bash("rm -f held over", in: attacked.workspace)
    }

    private static let lease = """
        import fcntl, os, signal, time
        signal.signal(signal.SIGIO, signal.SIG_IGN)
        fd = os.open('leased.txt', os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        """

    @Test(arguments: attackedLevels)
    func `a lease on a file holds up no file tool`(level: SandboxLevel) async throws {
        try await AttackServer.with(level) { attacked in
            // The kernel lets a reader wait for 45 s; the holder ends only when all of these have answered.
            try await Self.holding(attacked, Self.lease) {
                _ = await attacked.fileRead("leased.txt")
                _ = await attacked.fileWrite("leased.txt", "new")
                _ = await attacked.call("file_list", ["path": "."])
                #expect(await attacked.bash("echo served").output == "served\n")
            }
        }
        try await HostFolder.with { folder in
            let control = try Unconfined.python(
                Self.lease + """

                    if os.fork() == 0:
                        signal.alarm(1); os.open('leased.txt', os.O_RDONLY); os._exit(0)
                    print(os.WTERMSIG(os.wait()[1]))
                    """,
                in: folder
            )
            #expect(control.output == "14\n", "\(control.output)")
        }
    }

    @Test(arguments: [SandboxLevel.full, .noproc])
    func `no signal of any number or kind ends or deceives the init of a call`(level: SandboxLevel)
        async throws
    {
        // There is no unconfined control: nothing is sent to the init of the machine. SurvivalTests has one for signals.
        let code = """
            import ctypes, os, signal
            libc = ctypes.CDLL(None, use_errno=True)
            queue, thread = (129, 297) if os.uname().machine == 'x86_64' else (138, 240)
            init = os.pidfd_open(1)
            for number in range(1, 65):
                for f in (lambda: os.kill(1, number), lambda: signal.pidfd_send_signal(init, number)):
                    try: f()
                    except OSError: pass
                # As if the kernel or a child had sent it.
                for code in (-1, -6, 1, 0x80):
                    forged = number.to_bytes(4, 'little') + bytes(4) + (code & 0xffffffff).to_bytes(4, 'little') + bytes(116)
                    libc.syscall(queue, 1, number, forged); libc.syscall(thread, 1, 1, number, forged)
            os._exit(7)
            """
        try await AttackServer.with(level) { attacked in
            let reply = await attacked.python(code)
            #expect(reply.exitCode == 7 && reply.text("signal").isEmpty, "\(reply.everything)")
        }
    }

    @Test(arguments: attackedLevels)
    func `memory in the sockets of processes without their first thread counts`(level: SandboxLevel)
        async throws
    {
        // Unconfined it would take a gigabyte that belongs to no process.
        let code = """
            import ctypes, os, socket, threading, time
            libc = ctypes.CDLL(None, use_errno=True)
            def fill():
                held, total = [], 0
                try:
                    while total < 100 << 20:
                        a, b = socket.socketpair(); held += [a, b]
                        for s in (a, b):
                            s.setblocking(False)
                            try:
                                while total < 100 << 20: total += s.send(b'x' * 65536)
                            except BlockingIOError: pass
                except OSError: pass
                time.sleep(100)
            for i in range(12):
                if os.fork() == 0:
                    threading.stack_size(1 << 16)
                    threading.Thread(target=fill).start()
                    libc.syscall({'x86_64': 60}.get(os.uname().machine, 93), 0)
            time.sleep(6); print('HELD')
            """
        try await AttackServer.with(level) { attacked in
            let reply = await attacked.python(code)
            #expect(reply.text("limit") == "memory", "\(reply.everything)")
        }
    }

    private static let waiting = """
        import os, socket, sys, time
        s = socket.socket(socket.AF_UNIX); s.bind('\\0cmcp-%d-%s' % (os.getpid(), time.monotonic())); s.listen(4096)
        total = 0
        for i in range(MANY):
            c = socket.socket(socket.AF_UNIX); c.connect(s.getsockname()); c.setblocking(False)
            try:
                while True: total += c.send(b'x' * 65536)
            except BlockingIOError: pass
            c.close()
        time.sleep(WAIT); print('HELD', total >> 20)
        """

    @Test(arguments: [SandboxLevel.full, .noproc])
    func `memory in connections that nobody accepts counts`(level: SandboxLevel) async throws {
        try await AttackServer.with(level) { attacked in
            let reply = await attacked.python(
                Self.waiting.replacing("MANY", with: "2400").replacing("WAIT", with: "3")
            )
            #expect(reply.text("limit") == "memory", "\(reply.everything)")
            let few = await attacked.python(
                Self.waiting.replacing("MANY", with: "40").replacing("WAIT", with: "1")
            )
            #expect(few.output.hasPrefix("HELD"), "\(few.everything)")
        }
        try await HostFolder.with { folder in
            let control = try Unconfined.python(
                Self.waiting.replacing("MANY", with: "40").replacing("WAIT", with: "0"),
                in: folder
            )
            #expect(control.output.hasPrefix("HELD"), "\(control.output)")
        }
    }

    @Test(arguments: [SandboxLevel.full, .noproc])
    func `memory in datagrams of senders that are gone counts`(level: SandboxLevel) async throws {
        // Unconfined it is the machine's limit on the queue of a socket that counts, which differs.
        let code = """
            import os, socket, time
            kept = []
            for i in range(110):
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind('\\0d%d' % i); kept.append(s)
                for j in range(20):
                    c = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); c.setblocking(False)
                    try: c.sendto(b'x' * 200000, '\\0d%d' % i)
                    except BlockingIOError: break
                    finally: c.close()
            time.sleep(3); print('HELD')
            """
        try await AttackServer.with(level, ["PYTHON_MEMORY_LIMIT": "128"]) { attacked in
            let reply = await attacked.python(code)
            #expect(reply.text("limit") == "memory", "\(reply.everything)")
        }
    }

    @Test(arguments: [SandboxLevel.full, .noproc])
    func `a call that takes all watchers it can get leaves other calls theirs`(level: SandboxLevel)
        async throws
    {
        // Unconfined it would take them from every program of the user.
        let code = """
            import ctypes, os, time
            libc = ctypes.CDLL(None, use_errno=True)
            while libc.inotify_init1(0) >= 0: pass
            """
        try await AttackServer.with(level) { attacked in
            try await Self.holding(attacked, code) {
                let other = await attacked.python(
                    "import ctypes\nlibc = ctypes.CDLL(None)\nprint(sum(libc.inotify_init1(0) >= 0 for _ in range(8)))"
                )
                let isShared = unsafe access("/proc/sys/user/max_inotify_instances", W_OK) == 0
                #expect(other.output == "8\n" || !isShared, "\(other.everything)")
            }
        }
    }

    @Test(arguments: attackedLevels)
    func `a call that fills all pipes it can get leaves other calls and the server theirs`(
        level: SandboxLevel
    )
        async throws
    {
        // Unconfined it would take them from every program of the user.
        let code = """
            import fcntl, os, time
            ends = []
            try:
                while len(ends) < 240:
                    r, w = os.pipe(); ends += [r, w]
                    try: fcntl.fcntl(w, 1031, 1 << 20)
                    except OSError: pass
                    os.set_blocking(w, False)
                    try:
                        while True: os.write(w, b'x' * 65536)
                    except BlockingIOError: pass
            except OSError: pass
            for end in ends[:16]: os.close(end)
            """
        try await AttackServer.with(level) { attacked in
            try await Self.holding(attacked, code) {
                let text = String(repeating: "x", count: 200_000)
                let other = await attacked.bash("cat | cat | wc -c", stdin: text)
                #expect(other.output == "200000\n", "\(other.everything)")
            }
        }
    }

    private static let give = """
        import os, socket, time
        s = socket.socket(socket.AF_UNIX); s.bind('meeting'); s.listen()
        open('held', 'w').close()
        c, _ = s.accept()
        child = os.fork()
        if child == 0:
            time.sleep(50); os._exit(0)
        socket.send_fds(c, [b'x'], [os.pidfd_open(child)])
        c.recv(1)
        print('alive' if os.waitpid(child, os.WNOHANG)[0] == 0 else 'dead')
        os.kill(child, 9)
        """
    private static let take = """
        import ctypes, os, signal, socket
        libc = ctypes.CDLL(None, use_errno=True)
        s = socket.socket(socket.AF_UNIX); s.connect('meeting')
        _, fds, _, _ = socket.recv_fds(s, 1, 1)
        for f in (lambda: signal.pidfd_send_signal(fds[0], 9), lambda: libc.syscall(438, fds[0], 0, 0), lambda: libc.setns(fds[0], 0x40000000)):
            try: f()
            except OSError: pass
        s.send(b'x')
        """

    @Test(arguments: [SandboxLevel.full, .noproc])
    func `a handle of a process that another call hands over is good for nothing`(level: SandboxLevel)
        async throws
    {
        try await AttackServer.with(level) { attacked in
            async let giver = attacked.python(Self.give)
            let isThere = await eventually { HostFolder.exists(attacked.workspace + "/held") }
            #expect(isThere)
            let taker = await attacked.python(Self.take)
            #expect(!taker.failed, "\(taker.everything)")
            let end = await giver
            #expect(end.output == "alive\n", "\(end.everything)")
        }
        try await HostFolder.with { folder in
            let both =
                "import time\nif os.fork() == 0:\n" + indented(Self.give) + "    os._exit(0)\n"
                + "while not os.path.exists('held'): time.sleep(0.02)\n" + Self.take + "\nos.wait()\n"
            let control = try Unconfined.python(both, in: folder)
            #expect(control.output == "dead\n", "\(control.output)")
        }
    }

    private func indented(_ code: String) -> String {
        code.split(separator: "\n").map { "    \($0)\n" }.joined()
    }
}
