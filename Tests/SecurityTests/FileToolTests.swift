// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import Glibc
import Testing

/// The file tools against hostile paths, trees and races (F-1 to F-15).
@Suite struct FileToolTests {
    private static func move(_ attacked: AttackServer, _ source: String, _ destination: String) async -> Reply
    {
        await attacked.call("file_move", ["source": .string(source), "destination": .string(destination)])
    }

    private static func delete(_ attacked: AttackServer, _ path: String) async -> Reply {
        await attacked.call("file_delete", ["path": .string(path)])
    }

    private static func list(_ attacked: AttackServer, _ path: String, pattern: String? = nil) async -> Reply
    {
        var arguments: JSONObject = ["path": .string(path)]
        if let pattern { arguments["pattern"] = .string(pattern) }
        return await attacked.call("file_list", arguments)
    }

    @Test func `no path leads out of the root`() async throws {
        try await AttackServer.withStrongest { attacked in
            // A sibling whose name begins like the root's.
            unsafe mkdir(attacked.workspace + "-evil", 0o755)
            try HostFolder.write(attacked.canary, to: attacked.workspace + "-evil/x.txt")
            let paths = [
                "../secret.txt", "../../../../../../etc/passwd.txt", "a/../../secret.txt", "/../secret.txt",
                "..", "../workspace-evil/x.txt", "-evil/x.txt",
                attacked.secretFile, attacked.workspace + "-evil/x.txt", "%2e%2e/secret.txt",
                "%2e%2e%2fsecret.txt", "..%2fsecret.txt", "..\\secret.txt", "..\\..\\secret.txt",
                "/workspace/../secret.txt", "/data/../secret.txt", "/data/../../secret.txt",
                "..\u{2215}secret.txt", "\u{FF0E}\u{FF0E}/secret.txt", ".. /secret.txt", "..\0/secret.txt",
                "secret.txt\0.txt", "~/secret.txt", "file:///etc/passwd.txt", "//etc//passwd.txt",
                "/proc/self/environ.txt", "./././../secret.txt", "a//../..//secret.txt", "/dev/stdin.txt",
                "\u{202E}txt.terces/..", "x\n/../secret.txt", "/data", "/workspace-evil/x.txt",
            ]
            for path in paths {
                #expect(await attacked.fileRead(path).failed, "read \(path)")
                #expect(await Self.delete(attacked, path).failed, "delete \(path)")
                #expect(await Self.move(attacked, path, "stolen.txt").failed, "move \(path)")
                _ = await attacked.fileWrite(path, "evil")
                _ = await Self.list(attacked, path)
                _ = await attacked.call(
                    "system_run_command",
                    ["command": "pwd; ls -a", "working_dir": .string(path)]
                )
            }
            #expect(HostFolder.read(attacked.secretFile) == attacked.canary + "\n")
            #expect(HostFolder.read(attacked.workspace + "-evil/x.txt") == attacked.canary)
            #expect(
                HostFolder.names(in: attacked.folder) == [
                    "data", "logs", "secret.txt", "temp", "workspace", "workspace-evil",
                ]
            )
        }
    }

    @Test func `links of every kind are refused`() async throws {
        try await AttackServer.withStrongest { attacked in
            let workspace = attacked.workspace
            let secret = attacked.secretFile
            _ = try Unconfined.bash(
                """
                ln -s \(secret) file.txt; ln -s \(attacked.folder) folder; ln -s file.txt chain.txt; ln -s loop.txt loop.txt; ln -s \(attacked.folder)/nothing.txt dangling.txt
                ln -s ../secret.txt relative.txt; mkdir real; echo x > real/x.txt; ln -s real inside; ln -s /proc/self/cwd magic; ln \(secret) hard.txt; ln real/x.txt twice.txt
                """,
                in: workspace
            )
            let paths = [
                "file.txt", "chain.txt", "loop.txt", "dangling.txt", "relative.txt", "folder/secret.txt",
                "inside/x.txt", "magic/secret.txt", "hard.txt", "twice.txt", "folder/new.txt",
                "inside/new.txt",
            ]
            for path in paths {
                #expect(await attacked.fileRead(path).failed, "read \(path)")
                #expect(await attacked.fileWrite(path, "evil").failed, "write \(path)")
                #expect(await Self.move(attacked, path, "moved.txt").failed, "move \(path)")
                #expect(await Self.move(attacked, "real/x.txt", path).failed, "move to \(path)")
            }
            #expect(await Self.list(attacked, "folder").failed)
            #expect(await Self.move(attacked, "folder", "elsewhere").failed)
            let all = await Self.list(attacked, "/", pattern: "**")
            #expect(!all.everything.contains("secret"))
            #expect(HostFolder.read(secret) == attacked.canary + "\n")
            #expect(
                !HostFolder.exists(attacked.folder + "/nothing.txt")
                    && !HostFolder.exists(attacked.folder + "/new.txt")
            )
        }
        try await HostFolder.with { folder in
            try HostFolder.write("canary", to: folder + "/secret.txt")
            try #expect(
                Unconfined.bash("mkdir w; cd w; ln -s ../secret.txt l; cat l", in: folder).output == "canary"
            )
        }
    }

    @Test func `special files are refused without waiting`() async throws {
        try await AttackServer.withStrongest { attacked in
            let made = await attacked.python("import os\nos.mkfifo('pipe.txt')\nos.mkdir('folder.txt')")
            #expect(!made.failed, "\(made.everything)")
            // From outside, because not every level lets a child have a socket.
            _ = try Unconfined.python(
                "import socket\nsocket.socket(socket.AF_UNIX).bind('socket.txt')",
                in: attacked.workspace
            )
            #expect(HostFolder.exists(attacked.workspace + "/socket.txt"))
            for path in ["pipe.txt", "socket.txt", "folder.txt"] {
                #expect(await attacked.fileRead(path).failed)
                #expect(await attacked.fileWrite(path).failed)
                #expect(await Self.move(attacked, path, "other.txt").failed == (path != "folder.txt"))
            }
        }
    }

    @Test func `endings and names that are not allowed are refused`() async throws {
        try await AttackServer.withStrongest { attacked in
            let names = [
                "a.sh", "a.txt/../b.sh", "a.py%00.txt.sh", "A.TXT.", "noending", "a.txt ", "a.txt\u{200B}",
                "a.tx\u{0442}", ".txt/", "a.txt.", "a.PY\0", "a\u{202E}yp.exe", "a.ţxt", "a.txt\n",
                "\u{212B}.txt", "a\\b.txt", "con\u{7}.txt", "a.so", "a.txt.sh", ".bashrc",
                String(repeating: "n", count: 300) + ".txt", "a.\u{FF54}xt",
            ]
            for name in names {
                #expect(await attacked.fileWrite(name).failed, "\(name)")
            }
            #expect(HostFolder.names(in: attacked.workspace).isEmpty)
            #expect(await attacked.fileWrite("good.TXT").flag("success"))
            #expect(await attacked.fileWrite("other.txt").flag("success"))
            for name in [
                "x.sh", "../x.txt", "/data/x.txt", "noending", "..", "/", ".", "good.TXT/x.txt",
                "x.txt/../../y.txt",
            ] {
                #expect(await Self.move(attacked, "other.txt", name).failed, "\(name)")
            }
            _ = try Unconfined.bash("mkdir d; touch d/evil.sh", in: attacked.workspace)
            #expect(await Self.move(attacked, "d", "e").failed)
            for root in ["/", ".", "", "/workspace", "/workspace/", "/data", "./"] {
                #expect(await Self.delete(attacked, root).failed, "\(root)")
                #expect(await Self.move(attacked, root, "moved").failed, "\(root)")
            }
            #expect(HostFolder.exists(attacked.workspace + "/other.txt"))
            for path in ["/data/data.txt", "/data/new.txt"] {
                #expect(await attacked.fileWrite(path).failed)
                #expect(await Self.delete(attacked, path).failed)
                #expect(await Self.move(attacked, path, "from-data.txt").failed)
            }
            #expect(await attacked.fileRead("/data/data.txt").text("content") == "the operator's data\n")
        }
    }

    @Test func `sizes are bounded`() async throws {
        try await AttackServer.withStrongest { attacked in
            #expect(await attacked.fileWrite("big.txt", String(repeating: "x", count: 11 << 20)).failed)
            #expect(!HostFolder.exists(attacked.workspace + "/big.txt"))
            // As UTF-32 this is over the limit.
            let wide = await attacked.call(
                "file_write",
                [
                    "path": "wide.txt", "content": .string(String(repeating: "x", count: 4 << 20)),
                    "encoding": "utf-32",
                ]
            )
            #expect(wide.failed)
            #expect(
                await attacked.bash(
                    "dd if=/dev/zero of=sparse.txt bs=1 count=1 seek=60M 2>/dev/null; echo ok"
                ).output == "ok\n"
            )
            let before = HostProcesses.residentBytes()
            #expect(await attacked.fileRead("sparse.txt").failed)
            #expect(HostProcesses.residentBytes() - before < 50 << 20)
            async let growing = attacked.bash(
                "for i in {1..400}; do head -c 100000 /dev/zero >> grows.txt; done",
                timeout: 10
            )
            for _ in 0..<20 {
                #expect(await attacked.fileRead("grows.txt").everything.utf8.count < 140 << 20)
            }
            _ = await growing
            for encoding in [
                "utf-7", "rot13", "idna", "../x", "utf-8\0", "base64", "hex", "unicode_escape", "",
            ] {
                let reply = await attacked.call(
                    "file_write",
                    ["path": "e.txt", "content": "x", "encoding": .string(encoding)]
                )
                #expect(reply.failed, "\(encoding)")
            }
        }
    }

    @Test func `wide and deep trees and costly patterns take bounded time`() async throws {
        try await AttackServer.withStrongest(["WORKSPACE_MAX_NAMES": "200000"]) { attacked in
            let made = try Unconfined.python(
                """
                os.mkdir('wide')
                for i in range(100000): os.mknod('wide/%d.txt' % i)
                top = os.open('.', os.O_RDONLY)
                for i in range(1000):
                    os.mkdir('d'); os.chdir('d')
                os.fchdir(top)
                for i in range(200): os.mknod('a' * 200 + '%d.txt' % i)
                """,
                in: attacked.workspace
            )
            #expect(made.output.isEmpty)
            let started = ContinuousClock.now
            let wide = await Self.list(attacked, "wide")
            #expect(wide.fields["entries"]?.arrayValue?.count ?? 0 <= 10_000)
            #expect(wide.everything.utf8.count < 16 << 20)
            _ = await Self.list(attacked, "/", pattern: "**/*.txt")
            for pattern in [
                "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "**/**/**/**/**/**/**/**/*.b",
                String(repeating: "*?", count: 100), "[!-~]*[!-~]*[!-~]*b",
            ] {
                _ = await Self.list(attacked, "/", pattern: pattern)
            }
            for pattern in ["../*", "../../*", "/*", "d/../../*", "{..,x}/*", "[.][.]/*"] {
                let reply = await Self.list(attacked, "/", pattern: pattern)
                #expect(!reply.everything.contains("secret"), "\(pattern)")
            }
            // Each has 5 s by the documentation.
            #expect(started.duration(to: .now) < .seconds(90))
        }
    }

    @Test func `a folder that is swapped for a link all the time leads nowhere`() async throws {
        try await AttackServer.with(.filtered) { attacked in
            unsafe mkdir(attacked.folder + "/outside", 0o777)
            unsafe chmod(attacked.folder + "/outside", 0o777)
            try HostFolder.write(attacked.canary, to: attacked.folder + "/outside/x.txt")
            async let swapper = attacked.python(
                """
                import ctypes, os, time
                libc = ctypes.CDLL(None, use_errno=True)
                os.makedirs('real'); open('real/x.txt', 'w').write('inside'); os.symlink('\(attacked.folder)/outside', 'link'); os.rename('real', 'd')
                end = time.monotonic() + 90
                n = 0
                while time.monotonic() < end and not (n % 1000 == 0 and os.path.exists('over')):
                    # Both at once: in a moment without the folder the server would make one, and end the swapping.
                    if libc.renameat2(-100, b'd', -100, b'link', 2) == 0: n += 1
                print(n)
                """,
                timeout: 100
            )
            let isUp = await eventually { HostFolder.exists(attacked.workspace + "/link") }
            #expect(isUp)
            var works = 0
            for round in 0..<300 {
                if await attacked.fileWrite("d/new\(round % 7).txt", "evil").flag("success") { works += 1 }
                if await attacked.fileRead("d/x.txt").text("content") == "inside" { works += 1 }
                _ = await Self.move(attacked, "d/new\(round % 7).txt", "d/moved\(round).txt")
                _ = await Self.delete(attacked, "d/x.txt2.txt")
                _ = await Self.list(attacked, "d")
            }
            try HostFolder.write("x", to: attacked.workspace + "/over")
            #expect(works > 0)
            #expect((Int(await swapper.output.dropLast()) ?? 0) > 100)
            #expect(HostFolder.names(in: attacked.folder + "/outside") == ["x.txt"])
            #expect(HostFolder.read(attacked.folder + "/outside/x.txt") == attacked.canary)
        }
    }

    @Test func `two writers leave one whole version`() async throws {
        try await AttackServer.withStrongest { attacked in
            let versions = (0..<8).map { String(repeating: "\($0)", count: 300_000) }
            for _ in 0..<5 {
                await withTaskGroup(of: Void.self) { group in
                    for version in versions {
                        group.addTask { _ = await attacked.fileWrite("shared.txt", version) }
                    }
                }
                let left = HostFolder.read(attacked.workspace + "/shared.txt") ?? ""
                #expect(versions.contains(left))
            }
            #expect(HostFolder.names(in: attacked.workspace) == ["shared.txt"])
        }
    }

    @Test func `secrets have the same answer as names that do not exist`() async throws {
        try await AttackServer.withStrongest { attacked in
            func answer(_ name: String) async -> String {
                await attacked.call("system_env_var", ["var_name": .string(name)]).everything.replacing(
                    name,
                    with: "NAME"
                )
            }
            let unknown = await answer("NO_SUCH_NAME")
            for name in [
                "MCP_AUTH_TOKEN", "MCP_AUTH_TOKEN_FILE", "BRAVE_SEARCH_API_KEY", "PATH", "HOME", "LD_PRELOAD",
                "mcp_auth_token", "LOG_DIR", "AUDIT_LOG", "*", "MCP_%",
                "MCP_AUTH_TOKEN\u{200B}", " MCP_AUTH_TOKEN",
            ] {
                #expect(await answer(name) == unknown, "\(name)")
            }
            let all = await attacked.call("system_env_var", [:])
            #expect(!all.everything.contains(attacked.folder))
            #expect(all.everything.contains("/workspace"))
        }
    }

    @Test(arguments: Place.attacked)
    func `what a child plants where the server saves output leads nowhere`(place: Place) async throws {
        let flood = "head -c 200000 /dev/zero | tr '\\\\0' x"
        try await AttackServer.with(
            place,
            ["BASH_ALLOWED_COMMANDS": AttackServer.commands + ",tr", "OUTPUT_MAX_KB": "64"]
        ) {
            attacked in
            let outside = attacked.folder + "/outside"
            unsafe mkdir(outside, 0o777)
            unsafe chmod(outside, 0o777)
            let plants = [
                "ln -s \(outside) .cmcp", "mkdir .cmcp; ln -s \(outside) .cmcp/output", "mkfifo .cmcp",
                "mkdir .cmcp; mkfifo .cmcp/output", "touch .cmcp",
                "mkdir -p .cmcp/output; chmod 0 .cmcp/output",
                "mkdir -p .cmcp/output; mkfifo .cmcp/output/$EPOCHSECONDS-{0..300}.txt",
                "mkdir -p .cmcp/output; for i in {0..300}; do ln -s \(outside)/x .cmcp/output/$EPOCHSECONDS-$i.txt; done",
                "mkdir -p .cmcp/output; ln \(attacked.secretFile) .cmcp/output/0-0.txt; echo x > .cmcp/output/$'new\\nline'",
                "ln -s /proc/self/root .cmcp",
            ]
            for plant in plants {
                let reply = await attacked.bash(plant + "; " + flood)
                #expect(
                    reply.exitCode == 0 && reply.text("stdout").contains("bytes dropped"),
                    "\(plant): \(reply.everything.prefix(400))"
                )
                #expect(HostFolder.names(in: outside).isEmpty, "\(plant)")
                _ = try Unconfined.bash("rm -rf .cmcp", in: attacked.workspace)
            }
            let good = await attacked.bash(flood)
            #expect(
                HostFolder.exists(attacked.workspace + good.text("output_file")),
                "\(good.everything.suffix(400))"
            )
            #expect(!good.text("output_file").isEmpty)
        }
    }
}
