// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

/// What the kernel lets processes of one user do to each other, or take from each other.
@Suite struct SharedUserTests {
    /// A process beside the sandbox, for as long as the body runs.
    private func withDecoy(_ body: (pid_t) async throws -> Void) async throws {
        let decoy = try Unconfined.start("/bin/sleep", ["sleep", "86397"])
        defer {
            kill(decoy, SIGKILL)
            _ = Unconfined.wait(for: decoy)
        }
        try await body(decoy)
        #expect(HostProcesses.isAlive(decoy))
    }

    @Test(arguments: attackedLevels)
    func `no lease makes others wait for a file`(level: SandboxLevel) async throws {
        let code = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            fcntl = {'x86_64': 72}.get(os.uname().machine, 25)
            open('mine', 'w').close()
            for path, flags in (('mine', os.O_RDONLY), ('mine', os.O_WRONLY), ('DATA/data.txt', os.O_RDONLY)):
                try: fd = os.open(path, flags)
                except OSError: continue
                for command in (1024, 1024 | 1 << 32):
                    for kind in (0, 1):
                        if libc.syscall(fcntl, fd, ctypes.c_long(command), kind) == 0: print('HELD', path)
                os.close(fd)
            print('tried')
            """
        try await AttackServer.with(level) { attacked in
            let reply = await attacked.python(code.replacing("DATA", with: attacked.innerData))
            #expect(reply.output == "tried\n", "\(reply.everything)")
        }
        try await HostFolder.with { folder in
            let control = try Unconfined.python(code, in: folder)
            #expect(control.output.contains("HELD mine\n"), "\(control.output)")
        }
    }

    @Test func `the instances of inotify that a user may have stay with the server`() async throws {
        let code = """
            import ctypes
            libc = ctypes.CDLL(None)
            print(sum(libc.inotify_init1(0) >= 0 for _ in range(COUNT)), libc.inotify_init() >= 0)
            """
        try await AttackServer.with(.filtered) { attacked in
            let reply = await attacked.python(code.replacing("COUNT", with: "200"))
            #expect(reply.output == "0 False\n", "\(reply.everything)")
        }
        try await HostFolder.with { folder in
            // No more than two of them: other tests want some, too.
            let control = try Unconfined.python(code.replacing("COUNT", with: "1"), in: folder)
            #expect(control.output == "1 True\n")
        }
    }

    @Test(arguments: attackedLevels)
    func `a timer wakes no thread but the call's own`(level: SandboxLevel) async throws {
        let code = """
            import ctypes, os, struct
            libc = ctypes.CDLL(None, use_errno=True)
            create = {'x86_64': 222}.get(os.uname().machine, 107)
            def arm(clock, thread):
                event = ctypes.create_string_buffer(struct.pack('qiii', 0, 10, 4, thread) + bytes(44), 64)
                return libc.syscall(create, clock, event, ctypes.create_string_buffer(8)) == 0
            for thread in (TARGETS, os.getppid()):
                for clock in (0, 1, 2, 7, ~thread << 3 | 2):
                    if arm(clock, thread): print('ARMED', thread, clock)
            print('own', arm(1, os.getpid()))
            """
        try await withDecoy { decoy in
            let text = code.replacing("TARGETS", with: "\(getpid()), \(decoy)")
            try await AttackServer.with(level) { attacked in
                // That the kernel takes a timer for a thread of the caller shows that the call is made right.
                let reply = await attacked.python(text)
                #expect(reply.output == "own True\n", "\(reply.everything)")
            }
        }
    }

    @Test(arguments: attackedLevels)
    func `a lock that claims to be held by the server does not hold it up`(level: SandboxLevel) async throws {
        // The kernel asks no right of who names the owner of such a lock, so there is nothing to refuse: what
        // matters is that the one who is named goes on.
        let code = """
            import ctypes, mmap, os, struct, time
            libc = ctypes.CDLL(None, use_errno=True)
            futex = {'x86_64': 202}.get(os.uname().machine, 98)
            room = mmap.mmap(-1, 4096)
            word = ctypes.addressof(ctypes.c_char.from_buffer(room))
            for child in range(8):
                if os.fork() == 0:
                    for target in (TARGETS, os.getppid()):
                        room[:4] = struct.pack('I', target)
                        end = struct.pack('qq', int(time.time()) + 1, 0)
                        libc.syscall(futex, ctypes.c_void_p(word), 6, 0, end, None, 0)
                    os._exit(0)
            open('locked', 'w').close()
            for child in range(8): os.wait()
            print('over')
            """
        try await withDecoy { decoy in
            try await AttackServer.with(level) { attacked in
                let text = code.replacing("TARGETS", with: "\(getpid()), \(decoy)")
                async let locking = attacked.python(text)
                let isLocked = await eventually { HostFolder.exists(attacked.workspace + "/locked") }
                #expect(isLocked)
                #expect(await attacked.bash("echo served").output == "served\n")
                #expect(!(await attacked.fileWrite("served.txt")).failed)
                let reply = await locking
                #expect(reply.output == "over\n", "\(reply.everything)")
            }
        }
    }

    @Test(arguments: attackedLevels)
    func `nothing tells addresses, scheduling or namespaces of another process`(level: SandboxLevel)
        async throws
    {
        let code = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            robust = {'x86_64': 274}.get(os.uname().machine, 100)
            found = []
            for pid in (TARGETS, os.getppid()):
                head, size = ctypes.c_void_p(), ctypes.c_size_t()
                if libc.syscall(robust, pid, ctypes.byref(head), ctypes.byref(size)) == 0: found.append(('robust', pid))
                cookie = ctypes.c_ulong()
                for command in (0, 2, 3):
                    where = ctypes.byref(cookie) if command == 0 else None
                    if libc.prctl(62, command, pid, 0, where) == 0: found.append(('core', command, pid))
                try: pidfd = os.pidfd_open(pid)
                except OSError: continue
                for request in range(0xFF01, 0xFF0B):
                    if libc.ioctl(pidfd, request, 0) >= 0: found.append(('namespace', request, pid))
                for number in (438, 440, 448):
                    if libc.syscall(number, pidfd, 0, 0) >= 0: found.append((number, pid))
            # Under a pid namespace the parent is the call's own first process, whatever it tells is of the call.
            print([entry for entry in found if entry[-1] != 1])
            """
        try await withDecoy { decoy in
            let text = code.replacing("TARGETS", with: "\(getpid()), \(decoy)")
            try await AttackServer.with(level) { attacked in
                let reply = await attacked.python(text)
                #expect(reply.output == "[]\n", "\(reply.everything)")
            }
            try await HostFolder.with { folder in
                let control = try Unconfined.python(text, in: folder)
                #expect(control.output.contains("('robust', \(decoy))"), "\(control.output)")
            }
        }
    }

    @Test(arguments: attackedLevels)
    func `no group or session of others can be joined, signalled or given the terminal`(level: SandboxLevel)
        async throws
    {
        let code = """
            import fcntl, os
            def attempt(name, way):
                try: way(); print(name)
                except OSError: pass
            for pid, group in (PAIRS):
                if os.fork() == 0:
                    attempt('JOINED %d' % group, lambda: os.setpgid(0, group))
                    attempt('MOVED %d' % pid, lambda: os.setpgid(pid, os.getpgrp()))
                    attempt('LED %d' % pid, lambda: os.setpgid(pid, 0))
                    attempt('HIT %d' % group, lambda: os.kill(-group, 0))
                    attempt('FRONT %d' % group, lambda: os.tcsetpgrp(1, group))
                    os.setsid()
                    for fd in (0, 1, 2): attempt('TERMINAL', lambda: fcntl.ioctl(fd, 0x540E, 0))
                    for name in ('/dev/tty', '/dev/console', '/dev/ptmx', '/dev/tty0'):
                        attempt('OPENED ' + name, lambda: os.close(os.open(name, os.O_RDWR)))
                    os._exit(0)
                os.wait()
            """
        try await withDecoy { decoy in
            // A group of number 0 lies outside of a container and means the caller's own.
            let pairs = [decoy, getpid(), getppid()].map { ($0, getpgid($0)) }.filter { $0.0 > 1 && $0.1 > 1 }
            let list = pairs.map { "(\($0.0), \($0.1))," }.joined(separator: " ")
            let text = code.replacing("PAIRS", with: list)
            try await AttackServer.with(level) { attacked in
                let reply = await attacked.python(text)
                #expect(reply.output.isEmpty && !reply.failed, "\(reply.everything)")
            }
            try await HostFolder.with { folder in
                let control = try Unconfined.python(text, in: folder)
                #expect(control.output.contains("HIT \(getpgid(decoy))\n"), "\(control.output)")
                #expect(control.output.contains("JOINED \(getpgid(decoy))\n"), "\(control.output)")
            }
        }
    }
}
