// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Testing

/// Programs that are not listed, by every way around the list (B-1 to B-5 and more).
@Suite struct CommandListTests {
    @Test(arguments: Place.attacked)
    func `a program that is not listed is refused with the whole line`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            let lines = [
                "id", "/usr/bin/id", "../../usr/bin/id", "touch mark; id", "touch mark && id",
                "touch mark | id", "touch mark $(id)",
                "touch mark\nid", "touch mark & id", "touch mark || id", "'i''d'", "\\id", "command id",
                "exec id",
                "if true; then id; fi", "f() { id; }; touch mark; f",
            ]
            for line in lines {
                let reply = await attacked.bash(line)
                #expect(reply.failed, "\(line)")
                #expect(!reply.output.contains("uid="), "\(line)")
                #expect(!HostFolder.exists(attacked.workspace + "/mark"), "\(line) ran in part")
            }
        }
    }

    /// What the parser does not see through, the kernel must refuse.
    static let hidden = [
        "find . -maxdepth 0 -exec id \\;", "find . -maxdepth 0 -exec /usr/bin/id \\;", "env id", "nohup id",
        "setsid -w id", "x=id; $x",
        "eval 'i'd", "bash -c id", "${BASH} -c /usr/bin/id", "i=/usr/bin/i?; $i",
        "printf 'id\\n' > s; bash s",
        "printf 'id\\n' > s; . ./s", "echo id | bash", "bash <<< id", "BASH_ENV=./s bash -c :",
        "PATH=/usr/bin:. eval 'id'",
        "hash -p /usr/bin/id ls; ls", "alias ls=id; shopt -s expand_aliases; eval ls", "trap id EXIT",
        "PROMPT_COMMAND=id bash -i -c :",
        "/lib64/ld-linux-x86-64.so.2 /usr/bin/id", "/lib/ld-linux-aarch64.so.1 /usr/bin/id",
        "ln -s /usr/bin/id ls; ./ls", "cp /usr/bin/id ls; ./ls", "exec -a ls /usr/bin/id",
        "coproc id; cat <&${COPROC[0]}",
        "$(echo id)", "exec 3<>/usr/bin/id; /proc/self/fd/3", "PS4='$(id)'; set -x; :",
        "enable -f /usr/lib/bash/id id; id",
        "a[$(id)]=1; echo ${!a[@]}",
    ]

    @Test(arguments: Place.attacked)
    func `a listed program or the shell cannot be made to run one that is not`(place: Place)
        async throws
    {
        try await AttackServer.with(place) { attacked in
            for line in Self.hidden {
                let reply = await attacked.bash(line)
                #expect(!reply.everything.contains("uid="), "\(line)")
            }
        }
    }

    @Test func `unconfined, the same lines run it`() async throws {
        try await HostFolder.with { folder in
            let working = try Self.hidden.filter { line in
                let outcome = try Unconfined.bash("cd $(mktemp -d -p .)\n" + line, in: folder)
                return outcome.output.contains("uid=")
            }
            // Which of them work depends on the machine; each of these must, or the test above shows nothing.
            for line in [
                "env id", "x=id; $x", "bash -c id", "find . -maxdepth 0 -exec id \\;",
                "cp /usr/bin/id ls; ./ls",
            ] {
                #expect(working.contains(line), "\(line)")
            }
            #expect(working.count > Self.hidden.count / 2)
        }
    }

    @Test(arguments: Place.attacked)
    func `what a child writes cannot be executed`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            let lines = [
                "printf '#!/bin/bash\\necho RAN\\n' > ls; chmod 755 ls; ./ls",
                "printf '#!/bin/bash\\necho RAN\\n' > $TMPDIR/ls; chmod 755 $TMPDIR/ls; $TMPDIR/ls",
                "cp /bin/cat ./mycat; chmod 755 mycat; echo RAN | ./mycat",
                "cp /bin/cat $TMPDIR/mycat; chmod 755 $TMPDIR/mycat; echo RAN | $TMPDIR/mycat",
                "cp /bin/cat mycat; chmod 755 mycat; echo RAN | env ./mycat",
                "cp /bin/cat mycat; PATH=.; hash -p ./mycat pwd; echo RAN | pwd",
            ]
            for line in lines {
                let reply = await attacked.bash(line)
                #expect(!reply.output.contains("RAN"), "\(line): \(reply.everything)")
            }
            #expect(await attacked.bash("printf 'echo RAN\\n' > script; bash script").output == "RAN\n")
        }
    }

    @Test func `unconfined, what one writes can be executed`() async throws {
        try await HostFolder.with { folder in
            let line = "cp /bin/cat mycat; chmod 755 mycat; echo RAN | ./mycat"
            try #expect(Unconfined.bash(line, in: folder).output == "RAN\n")
        }
    }

    /// Only where the mounts are the server's own; elsewhere the report says that this promise is reduced.
    @Test(arguments: Place.attacked.filter(\.level.hasOwnRoot))
    func `the loader and preloading run nothing that a child brings along`(place: Place) async throws {
        try await AttackServer.with(place) { attacked in
            let lines = [
                "cp /bin/cat own; for l in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do echo RAN | $l ./own; done",
                "cp /bin/cat $TMPDIR/own; for l in /lib64/ld-linux-x86-64.so.2; do echo RAN | $l $TMPDIR/own; done",
                "cp /lib/*/libc.so.6 evil.so; LD_PRELOAD=./evil.so ls >/dev/null 2>err; if [ -s err ]; then :; else echo RAN; fi",
                "cp /lib/*/libc.so.6 evil.so; enable -f ./evil.so x 2>err; read -r l < err; case $l in *'failed to map'*) ;; *) echo RAN;; esac",
            ]
            for line in lines {
                let reply = await attacked.bash(line)
                #expect(!reply.output.contains("RAN"), "\(line): \(reply.everything)")
            }
        }
    }

    @Test func `unconfined, the loader runs what one brings along`() async throws {
        try await HostFolder.with { folder in
            let line =
                "cp /bin/cat own; for l in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do echo RAN | $l ./own; done"
            try #expect(Unconfined.bash(line, in: folder).output.contains("RAN"))
        }
    }

    @Test(arguments: Place.attacked)
    func `memory cannot be made into a program`(place: Place) async throws {
        let code = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            fd = libc.memfd_create(b'x', 0)
            print('memfd', fd, ctypes.get_errno())
            data = open(os.sys.executable, 'rb').read()
            for folder in ('/dev/shm', os.environ.get('TMPDIR', '/tmp'), '.'):
                path = folder + '/own'
                try:
                    with open(path, 'wb') as file: file.write(data)
                    os.chmod(path, 0o755)
                except OSError as error:
                    pass
                try:
                    if os.path.exists(path):
                        pid = os.fork()
                        if pid == 0:
                            try: os.execv(path, [path, '-c', 'print("R" + "AN")'])
                            finally: os._exit(7)
                        os.waitpid(pid, 0)
                except OSError as error:
                    print(folder, error.errno)
            """
        try await AttackServer.with(place) { attacked in
            let reply = await attacked.python(code)
            #expect(reply.output.contains("memfd -1 1\n"), "\(reply.everything)")
            #expect(!reply.output.contains("RAN"), "\(reply.everything)")
        }
        try await HostFolder.with { folder in
            let control = try Unconfined.python("os.environ['TMPDIR'] = '.'\n" + code, in: folder)
            #expect(!control.output.contains("memfd -1"))
            #expect(control.output.contains("RAN"), "\(control.output)")
        }
    }
}
