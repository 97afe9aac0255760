// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Glibc
import Logging
import Testing

/// The levels that attacks are tried at; one that the machine can't give is cancelled by name.
let attackedLevels: [SandboxLevel] = [.full, .noproc, .filtered]

/// A whole server with folders of its own, secrets around it, and the checks that follow every attack.
final class AttackServer: Sendable {
    static let commands =
        "bash,ls,cat,grep,find,echo,pwd,mkdir,touch,sleep,dd,env,chmod,cp,mv,ln,mkfifo,rm,setsid,nohup,yes,head,wc,stat,"
        + "unshare,mount,chroot"

    let server: ContainerMCPServer
    let level: SandboxLevel
    /// The folder on the host that holds all others.
    let folder: String
    /// A number that is an argument of processes of this server only.
    let mark: String
    /// A text that must never reach a client.
    let canary: String
    /// The session that calls unless another one is named.
    let caller = Caller(session: "attack", conversation: ConversationID())

    private init(
        server: ContainerMCPServer,
        level: SandboxLevel,
        folder: String,
        mark: String,
        canary: String
    ) {
        self.server = server
        self.level = level
        self.folder = folder
        self.mark = mark
        self.canary = canary
    }

    /// The workspace on the host.
    var workspace: String { folder + "/workspace" }
    /// Who children are, as the machine sees them.
    var childUser: UInt32 { ChildIdentity(workspace: workspace).user }
    /// The data folder on the host.
    var data: String { folder + "/data" }
    /// A file on the host, readable by everybody, with the canary in it.
    var secretFile: String { folder + "/secret.txt" }
    /// The workspace as a child sees it.
    var innerWorkspace: String { level.hasOwnRoot ? "/workspace" : workspace }
    /// The data folder as a child sees it.
    var innerData: String { level.hasOwnRoot ? "/data" : data }

    private static let gate = Gate(places: 4)

    /// Starts one in a place, as below; cancels the test where the place can't be had.
    static func with(
        _ place: Place,
        _ changes: [String: String] = [:],
        _ body: (AttackServer) async throws -> Void
    ) async throws {
        try place.require()
        let backend = ["SANDBOX_BACKEND": place.backend.rawValue]
        try await with(place.level, changes.merging(backend) { _, new in new }) { attacked in
            #expect(attacked.server.report.backend == place.backend)
            try await body(attacked)
        }
    }

    /// Starts one at the strongest level that can be had here, for attacks that no level has to do with.
    static func withStrongest(
        _ changes: [String: String] = [:],
        _ body: (AttackServer) async throws -> Void
    ) async throws {
        try await with(nil, changes, body)
    }

    /// Starts one, gives it to the body, looks at what is left, and ends it; without a level at the strongest that
    /// can be had here.
    static func with(
        _ level: SandboxLevel?,
        _ changes: [String: String] = [:],
        _ body: (AttackServer) async throws -> Void
    ) async throws {
        try await gate.pass { try await start(level, changes, body) }
    }

    private static func start(
        _ level: SandboxLevel?,
        _ changes: [String: String],
        _ body: (AttackServer) async throws -> Void
    ) async throws {
        try await HostFolder.with { folder in
            let number = UInt32.random(in: 100_000_000..<900_000_000)
            let canary = "canary-\(number ^ 0x5a5a)-\(number)"
            for name in ["workspace", "data", "temp", "logs"] { unsafe mkdir("\(folder)/\(name)", 0o755) }
            // A user of its own for the children of each server: at level `filtered` the kernel counts processes for the
            // user, and servers that are attacked at once must not take each other's.
            let user = UInt32.random(in: 61_000..<64_000)
            if geteuid() == 0 { unsafe chown(folder + "/workspace", user, user) }
            try HostFolder.write(canary + "\n", to: folder + "/secret.txt")
            try HostFolder.write("the operator's data\n", to: folder + "/data/data.txt")
            unsafe mkdir(folder + "/data/inner", 0o755)
            try HostFolder.write("more data\n", to: folder + "/data/inner/more.txt")
            var flags = [
                "SANDBOX_ROOT": folder + "/workspace", "DATA_DIR": folder + "/data",
                "TEMP_DIR": folder + "/temp",
                "LOG_DIR": folder + "/logs", "BASH_ALLOWED_COMMANDS": commands,
                "SANDBOX_LEVEL": level?.rawValue ?? "auto",
            ]
            if level == SandboxLevel.none { flags["SANDBOX_LEVEL"] = nil }
            flags.merge(changes) { _, new in new }
            let settings = try Settings.load(
                flags: flags,
                environment: ["MCP_AUTH_TOKEN": canary + "-0123456789-0123456789-0123456789"],
                currentDirectory: "/tmp",
                unsafeNoSandbox: level == SandboxLevel.none,
                servesNetwork: false
            )
            let server: ContainerMCPServer
            do throws(ServerStartFailure) {
                server = try await ContainerMCPServer.start(
                    settings,
                    logger: Logger(label: "attack") { _ in SwiftLogNoOpLogHandler() }
                )
            } catch {
                // Before Landlock ABI 6 an ordinary user's children at `filtered` could signal the server. Behind a wall it
                // was asked before, without any code of ours, whether the place can be had.
                let letsSignalsOut = geteuid() != 0 && error.message.contains("could signal the server")
                let isBare = flags["SANDBOX_BACKEND"] ?? "native" == "native"
                guard error.code == .noSandbox, isBare, let level, level.hasOwnRoot || letsSignalsOut else {
                    throw error
                }
                try Test.cancel("level \(level.rawValue) can't be had here: \(error.message)")
            }
            let attacked = AttackServer(
                server: server,
                level: server.report.level,
                folder: folder,
                mark: "86400.\(number)",
                canary: canary
            )
            do {
                try await body(attacked)
                try await attacked.checkAftermath()
            } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }
    }

    /// A following call answers, and no process of an attack is left.
    private func checkAftermath() async throws {
        let following = await bash("echo alive")
        #expect(following.output == "alive\n", "\(following.everything)")
        // Without a pid namespace a sweep of hundreds of processes may outlast the reply on a machine under load.
        let isEmpty =
            if level.hasOwnRoot {
                HostProcesses.ids(withArgument: mark).isEmpty
            } else {
                await eventually { HostProcesses.ids(withArgument: mark).isEmpty }
            }
        #expect(isEmpty, "processes of the attack are left")
        #expect(HostFolder.read(data + "/data.txt") == "the operator's data\n")
        #expect(HostFolder.names(in: data) == ["data.txt", "inner"])
    }

    /// Calls a tool, and sees to it that no secret comes back.
    func call(_ tool: String, _ arguments: JSONObject, as caller: Caller? = nil) async -> Reply {
        let result = await server.host.call(tool, arguments, caller: caller ?? self.caller)
        WireRecording.called(tool, result)
        let reply = Reply(result)
        if level != .none {
            #expect(!reply.everything.contains(canary), "a secret came back from \(tool)")
        }
        return reply
    }

    func bash(
        _ command: String,
        timeout: Double = 25,
        stdin: String? = nil,
        as caller: Caller? = nil
    ) async -> Reply {
        var arguments: JSONObject = ["command": .string(command), "timeout": .number(timeout)]
        if let stdin { arguments["stdin"] = .string(stdin) }
        return await call("system_run_command", arguments, as: caller)
    }

    func python(_ code: String, timeout: Double = 25, as caller: Caller? = nil) async -> Reply {
        await call("system_run_python", ["code": .string(code), "timeout": .number(timeout)], as: caller)
    }

    func fileRead(_ path: String, as caller: Caller? = nil) async -> Reply {
        await call("file_read", ["path": .string(path)], as: caller)
    }

    func fileWrite(_ path: String, _ content: String = "text", as caller: Caller? = nil) async -> Reply {
        await call("file_write", ["path": .string(path), "content": .string(content)], as: caller)
    }
}

/// Waits until something holds, at most a minute; whether it came to hold.
func eventually(_ holds: () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now.advanced(by: .seconds(60))
    while ContinuousClock.now < deadline {
        if try await holds() { return true }
        // A task that was given up polls on without a pause; its deadline ends it.
        try? await Task.sleep(for: .milliseconds(10))
    }
    return try await holds()
}
