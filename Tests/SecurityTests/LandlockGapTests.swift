// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

/// What Landlock's rules for paths do not hold back by themselves (section 1.4 of the threat model).
@Suite struct LandlockGapTests {
    /// Hears datagrams and connections under names, and writes down what came and with how many descriptors.
    private static let host = """
        import os, select, socket, sys
        os.umask(0)
        heard = []
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            for name in (sys.argv[1] + '.%d' % kind, '\\0' + sys.argv[2] + '.%d' % kind):
                s = socket.socket(socket.AF_UNIX, kind); s.bind(name); heard.append(s)
                if kind != socket.SOCK_DGRAM: s.listen()
        open(sys.argv[1] + '.ready', 'w').close()
        while True:
            for s in select.select(heard, [], [])[0]:
                what = s.accept()[0] if s.type != socket.SOCK_DGRAM else s
                data, descriptors = socket.recv_fds(what, 100, 4)[:2] if what is s else (b'connection', [])
                with open(sys.argv[1] + '.got', 'ab') as file: file.write(data + b' %d\\n' % len(descriptors))
        """

    /// Makes pairs of every kind, and turns each to somebody else in every way.
    private static let pairs = """
        import array, ctypes, os, socket
        libc = ctypes.CDLL(None, use_errno=True)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0]))]
        for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            heard = socket.SOCK_DGRAM if kind == socket.SOCK_RAW else kind
            for name in ('NAME.%d' % heard, '\\0MARK.%d' % heard):
                ways = (
                    lambda a, b: a.sendto(b'sendto', name),
                    lambda a, b: a.sendmsg([b'sendmsg'], [], 0, name),
                    lambda a, b: a.sendmsg([b'descriptor'], rights, 0, name),
                    lambda a, b: (a.connect(name), a.send(b'connect')),
                    lambda a, b: (libc.connect(a.fileno(), bytes(16), 16), a.connect(name), a.send(b'again')),
                    lambda a, b: (a.shutdown(2), b.close(), a.connect(name), a.send(b'alone')),
                    lambda a, b: (a.bind('own.%d' % a.fileno()), a.listen(), a.connect(name)),
                )
                for way in ways:
                    try: a, b = socket.socketpair(socket.AF_UNIX, kind | socket.SOCK_CLOEXEC)
                    except OSError: continue
                    try: way(a, b)
                    except OSError: pass
                    a.close(); b.close()
        print('tried')
        """

    @Test(arguments: attackedLevels)
    func `a socket of a pair cannot be turned to a name of the host`(level: SandboxLevel) async throws {
        try await AttackServer.with(level) { attacked in
            let meeting = attacked.folder + "/host"
            let host = try Unconfined.start(
                "/usr/bin/python3",
                ["python3", "-I", "-S", "-c", Self.host, meeting, "cmcp-\(attacked.mark)"]
            )
            defer {
                kill(host, SIGKILL)
                _ = Unconfined.wait(for: host)
            }
            let isUp = await eventually { HostFolder.exists(meeting + ".ready") }
            #expect(isUp)
            let code = Self.pairs.replacing("NAME", with: meeting).replacing(
                "MARK",
                with: "cmcp-\(attacked.mark)"
            )
            let reply = await attacked.python(code)
            #expect(reply.output == "tried\n", "\(reply.everything)")
            let control = try Unconfined.python(code, in: attacked.folder)
            #expect(control.output == "tried\n")
            // The host hears in the order of arrival: what came before the control's first word came from inside.
            let hasHeard = await eventually {
                HostFolder.read(meeting + ".got")?.contains("descriptor 1\n") == true
            }
            #expect(hasHeard)
            let heard = (HostFolder.read(meeting + ".got") ?? "").split(separator: "\n")
            #expect(heard.count { $0 == "sendto 0" } <= 4, "\(heard)")
            #expect(heard.first == "sendto 0")
            #expect(!heard.contains("connection 0"), "\(heard)")
        }
    }

    @Test(arguments: attackedLevels)
    func `attributes of a file of the host are not read`(level: SandboxLevel) async throws {
        let code = """
            import ctypes, os, struct
            libc = ctypes.CDLL(None, use_errno=True)
            path, found = 'SECRET', []
            def look(way):
                try: found.append(way())
                except OSError: pass
            os.symlink(path, 'link')
            for name in (path, 'link', '/proc/self/cwd/link', '/../' + path):
                look(lambda: os.listxattr(name)); look(lambda: os.getxattr(name, 'user.cmcp'))
                look(lambda: os.getxattr(name, 'user.cmcp', follow_symlinks=False))
            for flags in (os.O_PATH, 3, 3 | os.O_NOFOLLOW):
                look(lambda: os.getxattr(os.open(path, flags), 'user.cmcp'))
                look(lambda: os.getxattr('/proc/self/fd/%d' % os.open(path, flags), 'user.cmcp'))
            room = ctypes.create_string_buffer(100)
            where = struct.pack('QII', ctypes.addressof(room), 100, 0)
            if libc.syscall(464, -100, path.encode(), 0, b'user.cmcp', where, 16) > 0: found.append(room.value)
            print(found)
            """
        try await AttackServer.with(level) { attacked in
            let setting = try Unconfined.python(
                "os.setxattr('\(attacked.secretFile)', 'user.cmcp', b'\(attacked.canary)')",
                in: attacked.folder
            )
            guard setting.status == 0 else {
                try Test.cancel("the file system of /tmp keeps no attributes: \(setting.output)")
            }
            let text = code.replacing("SECRET", with: attacked.secretFile)
            let reply = await attacked.python(text)
            #expect(reply.output == "[]\n", "\(reply.everything)")
            try #expect(Unconfined.python(text, in: attacked.folder).output.contains(attacked.canary))
            // Programs that ask about the files they list or copy go on without an answer.
            let shell = await attacked.bash(
                "echo x > a; cp a b && mv b c && ls -l a c > list && wc -l list"
            )
            #expect(shell.exitCode == 0 && shell.trouble.isEmpty, "\(shell.everything)")
        }
    }

    @Test(arguments: attackedLevels)
    func `opening for nothing or for reading, and names of open files, truncate nothing`(level: SandboxLevel)
        async throws
    {
        let code = """
            import os
            def attempt(way):
                try: way()
                except OSError: pass
            for path in PATHS:
                for flags in (3, 3 | os.O_APPEND, 3 | os.O_NOFOLLOW, 3 | os.O_CREAT):
                    try: os.close(os.open(path, flags)); print('OPENED', flags)
                    except OSError: pass
                for flags in (os.O_TRUNC, 3 | os.O_TRUNC, os.O_TRUNC | os.O_CREAT, os.O_WRONLY | os.O_TRUNC):
                    attempt(lambda: os.open(path, flags))
                attempt(lambda: os.truncate(path, 0))
                attempt(lambda: os.truncate('/proc/self/fd/%d' % os.open(path, os.O_PATH), 0))
                attempt(lambda: os.ftruncate(os.open(path, os.O_RDONLY), 0))
                attempt(lambda: os.open('/proc/self/fd/%d' % os.open(path, os.O_RDONLY), os.O_RDWR | os.O_TRUNC))
            print('tried')
            """
        try await AttackServer.with(level) { attacked in
            // For everybody to write, so that nothing but the sandbox is in the way.
            let outside = attacked.folder + "/everybody.txt"
            let inside = attacked.data + "/inner/more.txt"
            try HostFolder.write("kept\n", to: outside)
            unsafe chmod(outside, 0o666)
            unsafe chmod(inside, 0o666)
            let paths = "('\(outside)', '\(attacked.innerData)/inner/more.txt')"
            let reply = await attacked.python(code.replacing("PATHS", with: paths))
            // Under a read-only mount such a descriptor is of no use.
            let isHeld = level.hasOwnRoot ? reply.output.hasSuffix("tried\n") : reply.output == "tried\n"
            #expect(isHeld, "\(reply.everything)")
            #expect(HostFolder.read(outside) == "kept\n")
            #expect(HostFolder.read(inside) == "more data\n")
            let control = try Unconfined.python(
                code.replacing("PATHS", with: "('\(outside)',)"),
                in: attacked.folder
            )
            #expect(control.output.hasPrefix("OPENED 3\n"), "\(control.output)")
            #expect(HostFolder.read(outside)?.isEmpty == true)
            // What a program truncates of its own stays possible.
            let own = await attacked.bash("echo long > own; echo x > own; cat own")
            #expect(own.output == "x\n", "\(own.everything)")
        }
    }

    @Test(arguments: attackedLevels)
    func `a descriptor that only names a place opens, links and lists nothing there`(level: SandboxLevel)
        async throws
    {
        let code = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            found, home = [], os.getcwd()
            def attempt(way):
                try: found.append(way())
                except OSError: pass
            def named(): return os.open('SECRET', os.O_PATH)
            def folder(): return os.open('FOLDER', os.O_PATH | os.O_DIRECTORY)
            def text(descriptor): return os.read(descriptor, 100)
            def linked(result, name):
                if result != 0: raise OSError
                return open(name).read()
            attempt(lambda: text(named()))
            attempt(lambda: text(os.dup(named())))
            attempt(lambda: text(os.open('/proc/self/fd/%d' % named(), os.O_RDONLY)))
            attempt(lambda: text(os.open('/proc/thread-self/fd/%d' % named(), os.O_RDONLY)))
            attempt(lambda: text(os.open('secret.txt', os.O_RDONLY, dir_fd=folder())))
            attempt(lambda: os.listdir(folder()))
            attempt(lambda: (os.fchdir(folder()), open('secret.txt').read())[1])
            attempt(lambda: (os.fchdir(folder()), os.listdir('.'))[1])
            os.chdir(home)
            attempt(lambda: linked(libc.linkat(-100, b'/proc/self/fd/%d' % named(), -100, b'one', 0x400), 'one'))
            attempt(lambda: linked(libc.linkat(named(), b'', -100, b'two', 0x1000), 'two'))
            attempt(lambda: linked(libc.linkat(folder(), b'secret.txt', -100, b'three', 0), 'three'))
            attempt(lambda: os.sendfile(os.open('four', os.O_CREAT | os.O_RDWR), named(), 0, 100))
            attempt(lambda: os.copy_file_range(named(), os.open('five', os.O_CREAT | os.O_RDWR), 100))
            attempt(lambda: os.mkdir('made-MARK', dir_fd=folder()))
            attempt(lambda: os.symlink('x', 'made-MARK-link', dir_fd=folder()))
            attempt(lambda: text(os.open('.', os.O_TMPFILE | os.O_RDWR, dir_fd=folder())))
            print(found)
            """
        try await AttackServer.with(level) { attacked in
            let text = code.replacing("SECRET", with: attacked.secretFile).replacing(
                "MARK",
                with: attacked.mark
            )
            .replacing("FOLDER", with: attacked.folder)
            let reply = await attacked.python(text)
            #expect(reply.output == "[]\n", "\(reply.everything)")
            #expect(!HostFolder.names(in: attacked.folder).contains { $0.hasPrefix("made-") })
            let control = try Unconfined.python(text, in: attacked.workspace)
            #expect(control.output.contains(attacked.canary), "\(control.output)")
            #expect(HostFolder.names(in: attacked.folder).contains { $0.hasPrefix("made-") })
        }
    }

    @Test(arguments: attackedLevels)
    func `no name moves between folders with different rights`(level: SandboxLevel) async throws {
        let code = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            exchange = {'x86_64': 316}.get(os.uname().machine, 276)
            data, temporary = 'DATA', os.environ.get('TMPDIR', 'DATA/../temp')
            open('own', 'w').close(); open('other', 'w').close()
            def attempt(name, way):
                try: way(); print(name)
                except OSError: pass
            def swap(a, b):
                if libc.syscall(exchange, -100, a.encode(), -100, b.encode(), 2): raise OSError
            attempt('LINKED IN', lambda: os.link(data + '/data.txt', 'linked'))
            attempt('LINKED PROGRAM', lambda: os.link('/usr/bin/cat', 'cat'))
            attempt('LINKED OUT', lambda: os.link('own', data + '/linked'))
            attempt('LINKED INTO TMPDIR', lambda: os.link(data + '/data.txt', temporary + '/linked'))
            attempt('SWAPPED', lambda: (swap('own', data + '/data.txt'), swap('own', data + '/data.txt')))
            attempt('SWAPPED FOLDERS', lambda: (swap(temporary, data + '/inner'), swap(temporary, data + '/inner')))
            attempt('MOVED OUT', lambda: os.rename('other', data + '/other'))
            attempt('MOVED IN', lambda: os.rename(data + '/inner', 'inner'))
            attempt('MOVED TMPDIR', lambda: os.rename(temporary, temporary + '-moved'))
            attempt('MOVED WORKSPACE', lambda: os.rename(os.getcwd(), os.getcwd() + '-moved'))
            attempt('MADE BESIDE', lambda: os.mkdir(temporary + '-beside'))
            print('tried')
            """
        try await AttackServer.with(level) { attacked in
            let reply = await attacked.python(code.replacing("DATA", with: attacked.innerData))
            // What lies beside a mounted folder of temporary files is nothing that could be kept.
            let lines = reply.output.split(separator: "\n")
            #expect(lines == ["tried"], "\(reply.everything)")
        }
        try await HostFolder.with { folder in
            for name in ["data", "data/inner", "workspace", "temp"] {
                unsafe mkdir("\(folder)/\(name)", 0o755)
            }
            try HostFolder.write("data\n", to: folder + "/data/data.txt")
            let control = try Unconfined.python(
                code.replacing("DATA", with: folder + "/data"),
                in: folder + "/workspace"
            )
            for name in ["LINKED IN", "LINKED OUT", "SWAPPED", "MOVED OUT", "MOVED TMPDIR", "MADE BESIDE"] {
                #expect(control.output.contains(name + "\n"), "\(control.output)")
            }
        }
    }
}
