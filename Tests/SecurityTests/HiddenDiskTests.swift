// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

/// Disk space where no walk over names and no look at open descriptors finds it (P7).
@Suite(.serialized) struct HiddenDiskTests {
    /// Makes files of 20 MiB, twelve of them, takes their names away, and keeps each by what the case says.
    private static let code = """
        import array, ctypes, os, socket, struct, threading, time
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mmap.restype = ctypes.c_void_p
        libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
        EXIT, CLONE = {'x86_64': (60, 56)}.get(os.uname().machine, (93, 220))
        def make(i):
            fd = os.open('hidden', os.O_RDWR | os.O_CREAT); os.unlink('hidden')
            os.posix_fallocate(fd, 0, 20 << 20)
            return fd
        def pair(): return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        def post(s, *fds): s.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))])
        a, b = pair()
        def hidden():
            libc.prctl(4, 0, 0, 0, 0)
            kept = [make(i) for i in range(12)]
            end()
        def mapping():
            for i in range(12):
                fd = make(i)
                if libc.mmap(None, 4096, 1, 1, fd, 0) in (None, ctypes.c_void_p(-1).value): raise OSError(ctypes.get_errno())
                os.close(fd)
        def message():
            for i in range(12): fd = make(i); post(a, fd); os.close(fd)
        def nested():
            c, d = pair()
            for i in range(12): fd = make(i); post(c, fd); os.close(fd)
            post(a, c.fileno(), d.fileno()); c.close(); d.close()
        def rule():
            rules = libc.syscall(444, struct.pack('Q', 4), 8, 0)
            if rules < 0: raise OSError(ctypes.get_errno())
            for i in range(12): fd = make(i); libc.syscall(445, rules, 1, struct.pack('<Qi', 4, fd), 0); os.close(fd)
        def leaderless():
            def hold():
                kept = [make(i) for i in range(12)]
                end()
            threading.Thread(target=hold).start()
            libc.syscall(EXIT, 0)
        def end():
            open('kept', 'w').close()
            time.sleep(WAIT); print('HELD', flush=True); os._exit(0)
        CASE()
        end()
        """

    @Test(arguments: attackedLevels)
    func `files kept by mappings, messages, nested messages or a thread without its leader count`(
        level: SandboxLevel
    ) async throws {
        try await AttackServer.with(level, ["WORKSPACE_MAX_MB": "128"]) { attacked in
            for name in ["mapping", "message", "nested", "leaderless", "hidden"] {
                let reply = await attacked.python(
                    Self.code.replacing("CASE()", with: name + "()").replacing("WAIT", with: "6")
                )
                #expect(reply.text("limit") == "workspace", "\(name): \(reply.everything)")
                #expect(!reply.output.contains("HELD"), "\(name)")
            }
            // A rule of Landlock would keep a file as well, and shows it nowhere: a child makes none.
            let rule = await attacked.python(
                Self.code.replacing("CASE()", with: "rule()").replacing("WAIT", with: "6")
            )
            #expect(rule.trouble.contains("OSError: 38"), "\(rule.everything)")
        }
    }

    @Test(arguments: ["mapping", "message", "nested", "leaderless", "hidden"])
    func `unconfined, a file is kept that way`(name: String) async throws {
        try await HostFolder.with { folder in
            let control = try Unconfined.python(
                Self.code.replacing("CASE()", with: name + "()").replacing("WAIT", with: "0"),
                in: folder
            )
            #expect(control.output == "HELD\n", "\(control.output)")
        }
    }

    @Test(arguments: attackedLevels)
    func `programs that map, send and drop little files are left alone`(level: SandboxLevel) async throws {
        let code = """
            import array, mmap, os, socket, time
            a, b = socket.socketpair()
            until = time.monotonic() + 1.6
            kept = []
            for i in range(8):
                fd = os.open('little', os.O_RDWR | os.O_CREAT); os.unlink('little'); os.ftruncate(fd, 4096)
                kept.append(mmap.mmap(fd, 4096)); os.close(fd)
            while time.monotonic() < until:
                socket.send_fds(a, [b'x'], [0]); os.close(socket.recv_fds(b, 1, 1)[1][0]); time.sleep(0.01)
            print('done')
            """
        try await AttackServer.with(level) { attacked in
            let reply = await attacked.python(code)
            #expect(reply.output == "done\n", "\(reply.everything)")
        }
    }

    /// Space behind the end of a file, which no limit on its length is asked about.
    private static let behindTheEnd = """
        import ctypes, fcntl, os, struct
        libc = ctypes.CDLL(None, use_errno=True)
        libc.fallocate64.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_long]
        SIZE = 80 << 20
        def show(name, f):
            fd = os.open('file', os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            result = None
            try: result = f(fd)
            except OSError as error: result = error.errno
            print(name, 'TOOK' if os.fstat(fd).st_blocks * 512 >= SIZE else 'no', flush=True)
            os.close(fd); os.unlink('file')
        for name, mode in (('keep', 1), ('zero and keep', 17)):
            show(name, lambda fd: libc.fallocate64(fd, mode, 0, SIZE))
        for number in (0x40305828, 0x4030582a, 0x40305839):
            show(hex(number), lambda fd: fcntl.ioctl(fd, number, struct.pack('hhqqiI16x', 0, 0, 0, SIZE, 0, 0)))
        fd = os.open('file', os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        print('plain', libc.fallocate64(fd, 0, 0, 1 << 20), 'hole', libc.fallocate64(fd, 3, 0, 1 << 19) in (0, -1))
        """

    @Test(arguments: attackedLevels)
    func `no space is had behind the end of a file, past the limit on one`(level: SandboxLevel) async throws {
        try await AttackServer.with(level) { attacked in
            let reply = await attacked.python(Self.behindTheEnd)
            #expect(!reply.output.contains("TOOK"), "\(reply.everything)")
            #expect(reply.output.hasSuffix("plain 0 hole True\n"), "\(reply.everything)")
        }
        try await HostFolder.with { folder in
            // There the kernel itself holds such a call to the limit.
            guard !HostFolder.isInMemory(folder) else { return }
            // Under a limit of 1 MiB on files, which is what this goes past.
            let limited = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
            let control = try Unconfined.python(limited + Self.behindTheEnd, in: folder)
            #expect(control.output.contains("keep TOOK"), "\(control.output)")
        }
    }
}
