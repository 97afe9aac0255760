// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

/// Reading and writing what is not the call's own (B-6 to B-8, P-1, P-14 and more).
@Suite struct HostReachTests {
    @Test(arguments: Place.attacked)
    func `no command reads a file of the host`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            let secret = attacked.secretFile
            let lines = [
                "cat \(secret)", "cat < \(secret)", "while read -r l; do echo $l; done < \(secret)",
                "cat ../secret.txt",
                "cat ../../../../../../../..\(secret)", "ln -s \(secret) l; cat l", "ln \(secret) l; cat l",
                "cp \(secret) .; cat secret.txt",
                "cat /proc/1/root\(secret)", "cat /proc/self/root\(secret)", "cat /proc/$PPID/root\(secret)",
                "mapfile -t a < \(secret); echo $a",
                "cat /proc/self/cwd/../secret.txt", "dd if=\(secret)", "grep -r canary \(attacked.folder)",
                "find \(attacked.folder) -name secret.txt -exec cat {} \\;",
                "cat \(attacked.folder)/logs/audit.jsonl",
            ]
            for line in lines {
                // The call itself compares the answer with the canary.
                _ = await attacked.bash(line)
            }
            for file in [
                "/etc/shadow", "/etc/hostname", "/etc/machine-id", "/proc/1/environ", "/proc/1/maps",
                "/proc/kcore", "/proc/kallsyms",
            ] {
                let reply = await attacked.bash("cat \(file)")
                #expect(reply.output.isEmpty, "\(file)")
                #expect(reply.exitCode != 0, "\(file)")
            }
            #expect(
                await attacked.bash("cat /proc/version /proc/self/mountinfo /sys/kernel/notes").output
                    .contains("Linux version") == false
            )
        }
        try await HostFolder.with { folder in
            try HostFolder.write("canary\n", to: folder + "/secret.txt")
            try #expect(Unconfined.bash("mkdir w; cd w; cat ../secret.txt", in: folder).output == "canary\n")
        }
    }

    @Test(arguments: Place.attacked)
    func `Python reads no file of the host and nothing of the server`(place: Place) async throws {
        let code = """
            import os, glob
            for path in ['SECRET', '../secret.txt', '/etc/shadow', '/etc/machine-id', '/proc/1/environ', '/proc/%d/environ' % os.getppid(),
                         '/proc/SERVER/environ', '/proc/SERVER/mem', '/proc/SERVER/maps', '/proc/SERVER/fd/0', '/proc/1/mem', '/proc/1/fd/3',
                         '/proc/self/root/SECRET', '/proc/SERVER/root/SECRET', '/dev/mem', '/dev/kmsg', '/sys/kernel/vmcoreinfo']:
                try:
                    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                    print('OPENED', path, os.read(fd, 200))
                except OSError: pass
            for path in ['/proc/SERVER', '/proc/SERVER/fd', '/proc/1/fd', '/root', '/home', '/var', '/run', '/sys', '/etc/ssl', '/boot', 'FOLDER', 'FOLDER/temp', 'FOLDER/logs']:
                try: print('LISTED', path, os.listdir(path))
                except OSError: pass
            try: print('passwd', [l for l in open('/etc/passwd')])
            except OSError: pass
            print(sorted(os.environ))
            """
        try await AttackServer.with(place) { attacked in
            let text = code.replacing("SECRET", with: attacked.secretFile).replacing(
                "SERVER",
                with: "\(getpid())"
            )
            .replacing("FOLDER", with: attacked.folder)
            let reply = await attacked.python(text)
            #expect(!reply.output.contains("OPENED"), "\(reply.output)")
            #expect(!reply.output.contains("LISTED"), "\(reply.output)")
            #expect(!reply.output.contains("root:"), "\(reply.output)")
            #expect(
                reply.output.contains(
                    "['HOME', 'LANG', 'LC_ALL', 'LOGNAME', 'PATH', 'TMPDIR', 'TZ', 'USER']"
                ),
                "\(reply.everything)"
            )
        }
        try await HostFolder.with { folder in
            try HostFolder.write("canary\n", to: folder + "/secret.txt")
            let text = code.replacing("SECRET", with: folder + "/secret.txt").replacing(
                "FOLDER",
                with: folder
            )
            let control = try Unconfined.python(text.replacing("SERVER", with: "self"), in: folder)
            #expect(control.output.contains("OPENED") && control.output.contains("canary"))
        }
    }

    @Test(arguments: Place.attacked)
    func `nothing is written outside the workspace`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            let mark = "/tmp/cmcp-mark-\(attacked.mark)"
            let lines = [
                "echo x > \(mark)", "echo x > \(attacked.folder)/mark", "echo x > ../mark",
                "mkdir \(attacked.folder)/mark", "ln -s /etc/passwd \(attacked.folder)/mark",
                "mv /workspace/../mark .", "cp -r . \(attacked.folder)/mark",
                "echo x >> \(attacked.secretFile)", "mkfifo \(attacked.folder)/mark",
                "rm -rf \(attacked.folder)/secret.txt", "rm -rf \(attacked.folder)/logs",
                "mv \(attacked.secretFile) .",
                "echo x > /etc/mark; echo x > /usr/bin/mark; echo x > /dev/mark; echo x > /proc/self/oom_score_adj",
                "ln -s \(attacked.folder) out; echo x > out/mark", "echo x > /mark; mkdir /newfolder",
            ]
            for line in lines {
                _ = await attacked.bash(line)
                #expect(!HostFolder.exists(mark), "\(line)")
                #expect(!HostFolder.exists(attacked.folder + "/mark"), "\(line)")
            }
            #expect(HostFolder.read(attacked.secretFile) == attacked.canary + "\n")
            #expect(HostFolder.exists(attacked.folder + "/logs/audit.jsonl"))
            #expect(
                !HostFolder.exists("/etc/mark") && !HostFolder.exists("/usr/bin/mark")
                    && !HostFolder.exists("/newfolder")
            )
        }
        try await HostFolder.with { folder in
            _ = try Unconfined.bash("mkdir w; cd w; echo x > ../mark", in: folder)
            #expect(HostFolder.exists(folder + "/mark"))
        }
    }

    @Test(arguments: Place.attacked)
    func `the data folder stays as it is`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            // Where the server is an ordinary user children are the owner of the data: that is the hard case.
            let before = Self.state(of: attacked.data)
            let data = attacked.innerData
            let lines = [
                "echo x > \(data)/data.txt", "echo x >> \(data)/data.txt", "echo x > \(data)/new",
                "mv \(data)/data.txt \(data)/other", "mv \(data)/data.txt .",
                "rm -rf \(data)/data.txt \(data)/inner", "chmod 600 \(data)/data.txt", "chmod 700 \(data)",
                "touch -d 2001-01-01 \(data)/data.txt",
                "touch \(data)/data.txt", "mkdir \(data)/new", "ln -s x \(data)/new",
                "ln \(data)/data.txt hard; echo x > hard", "ln data.txt \(data)/new",
                "dd if=/dev/zero of=\(data)/data.txt bs=1 count=1 conv=notrunc",
                "cp /dev/null \(data)/data.txt", "mkfifo \(data)/new",
                "exec 3<>\(data)/data.txt; echo x >&3",
            ]
            for line in lines { _ = await attacked.bash(line) }
            _ = await attacked.python(Self.native.replacing("DATA", with: data))
            #expect(Self.state(of: attacked.data) == before)
            #expect(await attacked.bash("cat \(data)/data.txt").output == "the operator's data\n")
        }
        try await HostFolder.with { folder in
            unsafe mkdir(folder + "/data", 0o755)
            try HostFolder.write("x", to: folder + "/data/data.txt")
            let before = Self.state(of: folder + "/data")
            _ = try Unconfined.bash(
                "echo y > data/data.txt; chmod 600 data/data.txt; touch -d 2001-01-01 data/data.txt",
                in: folder
            )
            #expect(Self.state(of: folder + "/data") != before)
        }
    }

    /// The same by system calls that take a descriptor that may be opened, or no path at all.
    private static let native = """
        import os, fcntl, struct
        def attempt(f, *a):
            try: f(*a)
            except (OSError, AttributeError): pass
        for path in ('DATA/data.txt', 'DATA/inner', 'DATA'):
            try: fd = os.open(path, os.O_RDONLY)
            except OSError: continue
            attempt(os.fchmod, fd, 0o600); attempt(os.fchown, fd, os.getuid(), os.getgid()); attempt(os.utime, fd, (1, 1))
            attempt(os.setxattr, fd, 'user.x', b'y'); attempt(os.setxattr, path, 'user.x', b'y'); attempt(os.ftruncate, fd, 0)
            attempt(os.chmod, path, 0o600); attempt(os.utime, path, (1, 1)); attempt(os.truncate, path, 0)
            # FS_IOC_SETFLAGS (no-dump), FS_IOC_SETVERSION, FS_IOC_FSSETXATTR.
            attempt(fcntl.ioctl, fd, 0x40086602, struct.pack('l', 0x40)); attempt(fcntl.ioctl, fd, 0x40087602, struct.pack('l', 7))
            attempt(fcntl.ioctl, fd, 0x401c5820, struct.pack('IIIII8x', 0x80, 0, 0, 0, 0))
        """

    /// Everything about a tree but access times: modes, owners, times, sizes, flags, contents.
    private static func state(of folder: String) -> String {
        let line =
            "find . -printf '%p %m %u %s %T@ %n %y\\n' | sort; cat data.txt; lsattr -R . 2>/dev/null; getfattr -d -R . 2>/dev/null"
        return (try? Unconfined.bash(line, in: folder).output) ?? ""
    }

    @Test(arguments: Place.attacked)
    func `a temporary folder is seen by its own call only`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            async let first = attacked.bash(
                "echo PRIVATE > $TMPDIR/private; echo $TMPDIR > where; echo ready > ready1; until [ -e done ]; do sleep 0.05; done; cat $TMPDIR/private"
            )
            let second = await attacked.bash(
                """
                until [ -e ready1 ]; do sleep 0.05; done
                read -r w < where
                cat $w/private /tmp/private $TMPDIR/private; ls $w /tmp $TMPDIR; find / -name private 2>/dev/null; cat /dev/shm/private
                echo x > done
                """
            )
            #expect(!second.output.contains("PRIVATE"))
            #expect(!second.output.contains("private"), "\(second.output)")
            let own = await first
            #expect(own.output == "PRIVATE\n", "\(own.everything)")
            #expect(await attacked.bash("read -r w < where; cat $w/private").output.isEmpty)
        }
    }

    @Test(arguments: Place.attacked)
    func `a folder outside cannot be watched`(place: Place) async throws {
        let code = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            fd = libc.inotify_init1(0o4000)
            wd = libc.inotify_add_watch(fd, b'FOLDER', 0xfff)
            print('watch', wd, ctypes.get_errno())
            """
        try await AttackServer.with(place) { attacked in
            let reply = await attacked.python(
                code.replacing("FOLDER", with: attacked.data.replacing("/data", with: "/temp"))
            )
            #expect(reply.output.contains("watch -1 "), "\(reply.everything)")
        }
        try await HostFolder.with { folder in
            try #expect(
                Unconfined.python(code.replacing("FOLDER", with: folder), in: folder).output.contains(
                    "watch 1 "
                )
            )
        }
    }
}
