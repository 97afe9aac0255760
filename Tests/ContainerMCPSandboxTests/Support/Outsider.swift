// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import ContainerMCPSandbox

/// A process outside of every sandbox that belongs to the user whom children are.
struct Outsider: Sendable {
    let process: Int32
    private let identity: ChildIdentity

    /// Starts one that sleeps.
    init(workspace: String) throws {
        identity = ChildIdentity(workspace: workspace)
        process = try Self.start(["/bin/sleep", "8641"], as: identity)
    }

    /// Whether it still runs.
    var isAlive: Bool {
        var status: Int32 = 0
        return unsafe waitpid(process, &status, WNOHANG) == 0
    }

    /// Ends it.
    func end() {
        kill(process, SIGKILL)
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
    }

    /// Runs Python as the same user, without any sandbox: the control.
    func python(_ code: String) throws -> String {
        let pipe = try Descriptor.pipe(serverReads: true)
        let command = ["/usr/bin/python3", "-I", "-c", code]
        let runner = try Self.start(command, as: identity, output: pipe.child.number)
        var status: Int32 = 0
        unsafe waitpid(runner, &status, 0)
        var bytes = [UInt8](repeating: 0, count: 4096)
        let length = unsafe read(pipe.server.number, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, length)), as: UTF8.self)
    }

    /// Starts a program as a user; under root by way of setpriv.
    static func start(_ command: [String], as identity: ChildIdentity, output: Int32? = nil) throws -> Int32 {
        let prefix = [
            "/usr/bin/setpriv", "--reuid=\(identity.user)", "--regid=\(identity.group)", "--clear-groups",
            "--",
        ]
        let whole = identity.differs ? prefix + command : command
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let output { unsafe posix_spawn_file_actions_adddup2(&actions, output, 1) }
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe whole.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
        var process: Int32 = -1
        let error = unsafe posix_spawn(&process, whole[0], &actions, nil, &arguments, &environment)
        try #require(error == 0)
        return process
    }
}
