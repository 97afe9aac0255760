// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import Glibc
import Testing

/// Callers that have workspaces of their own, and want to see or keep more than that (P8).
@Suite struct WorkspaceScopeTests {
    private func session() -> Caller { Caller(session: "other", conversation: ConversationID()) }

    private func subject(_ name: String) -> Caller {
        Caller(subject: Subject(id: name, isAuthenticated: true), session: name)
    }

    /// Looks for something of another caller, by every way there is from inside.
    private func search(_ attacked: AttackServer, as caller: Caller, for place: String) async {
        let secret = "belongs-to-another"
        let looks = [
            "find / -name 'private-*' 2>/dev/null",
            "ls -laR /workspace \(attacked.workspace) /tmp 2>/dev/null",
            "cat /workspace/private-* \(place)/private-* 2>/dev/null",
            "ls -la \(place) \(place)/.. \(place)/../.. 2>/dev/null; cat /workspace/../private-file.txt 2>/dev/null",
            "ln -s \(place)/private-file.txt link.txt; cat link.txt; echo x > \(place)/mark.txt",
            "echo pad > own.txt; ln \(place)/private-file.txt hard.txt; cat hard.txt",
        ]
        for look in looks {
            let reply = await attacked.bash(look, as: caller)
            #expect(!reply.everything.contains(secret), "\(look): \(reply.everything)")
            #expect(!reply.output.contains("private-"), "\(look): \(reply.everything)")
        }
        let code = """
            import glob, os
            seen = []
            for top in ('/', '/workspace', \(pythonText(attacked.workspace)), \(pythonText(place)), '/proc/self/root'):
                for folder, folders, files in os.walk(top):
                    if folder.startswith('/proc/') and len(seen) > 5000: break
                    seen += [n for n in files + folders if n.startswith('private-')]
            for path in (\(pythonText(place + "/private-file.txt")), '/workspace/private-file.txt'):
                try: seen.append(open(path).read())
                except OSError: pass
            print(seen)
            """
        let python = await attacked.python(code, as: caller)
        #expect(python.output == "[]\n", "\(python.everything)")
        for path in [
            "private-file.txt", "/workspace/private-file.txt", "../private-file.txt",
            "\(place)/private-file.txt",
        ] {
            let reply = await attacked.fileRead(path, as: caller)
            #expect(reply.failed && !reply.everything.contains(secret), "\(path): \(reply.everything)")
        }
        let list = await attacked.call("file_list", ["pattern": "**"], as: caller)
        #expect(!list.everything.contains("private-"), "\(list.everything)")
        let move = await attacked.call(
            "file_move",
            ["source": "link.txt", "destination": "moved.txt"],
            as: caller
        )
        #expect(move.failed)
    }

    private func pythonText(_ text: String) -> String { "'" + text.replacing("'", with: "\\'") + "'" }

    /// Where the sessions of the one server are.
    private func instance(_ attacked: AttackServer) throws -> String {
        let names = HostFolder.names(in: attacked.workspace + "/instances")
        return attacked.workspace + "/instances/" + (try #require(names.first))
    }

    @Test(arguments: attackedLevels)
    func `nothing of one session is visible in another`(level: SandboxLevel) async throws {
        try await AttackServer.with(level, ["WORKSPACE_SCOPE": "session"]) { attacked in
            let owner = session()
            #expect(!(await attacked.fileWrite("private-file.txt", "belongs-to-another", as: owner)).failed)
            _ = await attacked.bash("echo belongs-to-another > private-bash; mkdir private-folder", as: owner)
            let seen = await attacked.bash("ls", as: owner)
            #expect(seen.output == "private-bash\nprivate-file.txt\nprivate-folder\n", "\(seen.everything)")
            let instance = try instance(attacked)
            let place = try #require(
                HostFolder.names(in: instance).map { instance + "/" + $0 }.first {
                    HostFolder.exists($0 + "/private-file.txt")
                }
            )
            await search(attacked, as: session(), for: place)
            #expect(
                HostFolder.names(in: place).sorted() == [
                    "private-bash", "private-file.txt", "private-folder",
                ]
            )
        }
    }

    @Test(arguments: attackedLevels)
    func `nothing of one subject is visible to another, and each finds its own again`(level: SandboxLevel)
        async throws
    {
        try await AttackServer.with(level, ["WORKSPACE_SCOPE": "subject"]) { attacked in
            let (ann, bob) = (subject("ann"), subject("bob"))
            #expect(!(await attacked.fileWrite("private-file.txt", "belongs-to-another", as: ann)).failed)
            let folders = HostFolder.names(in: attacked.workspace + "/subjects")
            let place = attacked.workspace + "/subjects/" + (try #require(folders.first))
            await search(attacked, as: bob, for: place)
            // Whoever only says that it is ann gets the workspace of everybody who did not prove anything.
            let liar = Caller(subject: Subject(id: "ann", isAuthenticated: false), session: "ann")
            await search(attacked, as: liar, for: place)
            let again = Caller(
                subject: ann.subject,
                session: "another session",
                conversation: ConversationID()
            )
            #expect(
                await attacked.fileRead("private-file.txt", as: again).text("content") == "belongs-to-another"
            )
        }
    }

    @Test(arguments: attackedLevels)
    func `unconfined, the other workspace could be read`(level: SandboxLevel) async throws {
        try await AttackServer.with(level, ["WORKSPACE_SCOPE": "subject"]) { attacked in
            _ = await attacked.fileWrite("private-file.txt", "belongs-to-another", as: subject("ann"))
            let found = try Unconfined.bash(
                "find '\(attacked.workspace)' -name 'private-*' -exec cat {} +",
                in: attacked.folder
            )
            #expect(found.output.contains("belongs-to-another"))
        }
    }

    @Test(arguments: attackedLevels)
    func `the folder of a session goes with it, but not under a call that runs`(level: SandboxLevel)
        async throws
    {
        try await AttackServer.with(level, ["WORKSPACE_SCOPE": "session"]) { attacked in
            let caller = session()
            _ = await attacked.fileWrite("mine.txt", "mine", as: caller)
            let instance = try instance(attacked)
            let folder = try #require(
                HostFolder.names(in: instance).first { HostFolder.exists("\(instance)/\($0)/mine.txt") }
            )
            let place = instance + "/" + folder
            async let running = attacked.bash(
                "echo begun > begun.txt; while [ ! -e end.txt ]; do sleep 0.01; done; cat mine.txt",
                as: caller
            )
            #expect(await eventually { HostFolder.exists(place + "/begun.txt") })
            let conversation = try #require(caller.conversation)
            attacked.server.service.conversationEnded(conversation)
            let late = await attacked.fileWrite("late.txt", as: caller)
            #expect(late.failed, "a session that is over has no workspace")
            #expect(HostFolder.exists(place + "/mine.txt"))
            try HostFolder.write("", to: place + "/end.txt")
            #expect(await running.output == "mine")
            #expect(await eventually { !HostFolder.exists(place) })
        }
    }

    @Test func `more sessions than sandboxes work in turn, each in its own workspace`() async throws {
        try await AttackServer.with(.full, ["WORKSPACE_SCOPE": "session"]) { attacked in
            let callers = (0..<20).map { _ in session() }
            for (number, caller) in callers.enumerated() {
                let reply = await attacked.bash("echo \(number) > n.txt; cat n.txt", as: caller)
                #expect(reply.output == "\(number)\n", "\(reply.everything)")
            }
            await withTaskGroup(of: Void.self) { group in
                for (number, caller) in callers.enumerated() {
                    group.addTask {
                        let reply = await attacked.bash("cat n.txt", as: caller)
                        #expect(reply.output == "\(number)\n", "\(reply.everything)")
                    }
                }
            }
            for caller in callers {
                caller.conversation.map { attacked.server.service.conversationEnded($0) }
            }
            let instance = try instance(attacked)
            // The aftermath's own session, and the folder in which the sandbox was tried.
            #expect(await eventually { HostFolder.names(in: instance) == ["probe"] })
        }
    }

    @Test func `a stopped server leaves nothing of its sessions`() async throws {
        var left: [String]?
        try await HostFolder.with { outer in
            unsafe mkdir(outer + "/workspace", 0o755)
            try await AttackServer.with(
                .full,
                ["WORKSPACE_SCOPE": "session", "SANDBOX_ROOT": outer + "/workspace"]
            ) { attacked in
                _ = await attacked.fileWrite("mine.txt", "mine", as: session())
                #expect(HostFolder.names(in: outer + "/workspace/instances").count == 1)
            }
            left = HostFolder.names(in: outer + "/workspace/instances")
        }
        #expect(left == [])
    }

    @Test func `a request that belongs to no session is told what to do`() async throws {
        try await AttackServer.with(.full, ["WORKSPACE_SCOPE": "session"]) { attacked in
            for reply in [
                await attacked.bash("echo hi", as: Caller(session: "alone")),
                await attacked.fileRead("a.txt", as: Caller(session: "alone")),
            ] {
                #expect(reply.isError)
                #expect(reply.text("error").contains("WORKSPACE_SCOPE=subject"), "\(reply.everything)")
            }
        }
    }
}
