// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc
import Logging
import Testing

@testable import ContainerMCPSandbox

/// A sandbox with throw-away folders and helpers to run bash and Python in it.
final class TestSandbox: Sendable {
    static let bash: UInt32 = 0
    static let python: UInt32 = 1
    static let commands = [
        "ls", "cat", "grep", "find", "echo", "pwd", "mkdir", "touch", "sleep", "dd", "id", "env", "chmod",
        "cp", "mv",
        "sort", "head", "wc", "ln", "mkfifo", "stat", "rm", "setsid", "nohup", "yes", "true", "kill", "ps",
    ]

    /// The AppArmor profiles that a server names.
    static let profiles = [bash: "container-mcp-bash", python: "container-mcp-python"]

    let sandbox: Sandbox
    let folder: String
    private let number = UInt32.random(in: 100_000_000..<1_000_000_000)

    private init(sandbox: Sandbox, folder: String) {
        self.sandbox = sandbox
        self.folder = folder
    }

    var workspace: String { folder + "/workspace" }

    /// Starts one in a place, gives it to the body, and ends it; cancels the test where the place can't be had.
    static func with(_ place: Place, _ body: (TestSandbox) async throws -> Void) async throws {
        try place.require()
        try await with(level: .exactly(place.level), backend: place.backend, body)
    }

    /// Starts one, gives it to the body, and ends it.
    static func with(
        level: SandboxConfiguration.Requirement = .strongest,
        backend: SandboxBackend = .native,
        helper: HelperFile? = nil,
        commands: [String] = TestSandbox.commands,
        profiles: [UInt32: String] = TestSandbox.profiles,
        extra: ((inout RuntimeView) throws -> Void)? = nil,
        isWorkspaceFull: (@Sendable () -> Bool)? = nil,
        configure: (inout SandboxConfiguration) -> Void = { _ in },
        _ body: (TestSandbox) async throws -> Void
    ) async throws {
        var template = Array("/tmp/cmcp-test-XXXXXX".utf8CString)
        try #require(unsafe mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { PrivateFolders.removeTree(folder) }
        // Children may be another user, who has to get through.
        unsafe chmod(folder, 0o711)
        for name in ["workspace", "data", "temporary"] { unsafe mkdir("\(folder)/\(name)", 0o755) }
        unsafe chmod("\(folder)/temporary", 0o711)
        if geteuid() == 0 {
            // A user of its own for each sandbox: at level `filtered` the kernel counts processes for the user, and
            // suites that run at once must not take each other's.
            let user = UInt32.random(in: 61_000..<64_000)
            unsafe chown("\(folder)/workspace", user, user)
        }
        var bash = ViewBuilder()
        bash.addProgram("/bin/bash")
        for command in commands { bash.addCommand(command) }
        try bash.addFolders(workspace: folder + "/workspace", executable: false, data: folder + "/data")
        var python = ViewBuilder()
        try python.addPython("/usr/bin/python3")
        try python.addFolders(workspace: folder + "/workspace", executable: false, data: folder + "/data")
        var (bashView, pythonView) = (bash.view, python.view)
        try extra?(&bashView)
        try extra?(&pythonView)
        var configuration = SandboxConfiguration(
            requirement: level,
            backend: backend,
            kinds: [
                Self.bash: .init(view: bashView, sharedMemoryBytes: nil, profile: profiles[Self.bash]),
                Self.python: .init(view: pythonView, profile: profiles[Self.python]),
            ],
            workspace: folder + "/workspace",
            data: folder + "/data",
            temporary: folder + "/temporary",
            isWorkspaceFull: isWorkspaceFull,
        )
        configuration.helper = helper
        configure(&configuration)
        let sandbox = try await start(configuration, isBare: backend == .native)
        do {
            try await body(TestSandbox(sandbox: sandbox, folder: folder))
        } catch {
            await sandbox.stop()
            throw error
        }
        await sandbox.stop()
    }

    /// Starts the sandbox, or cancels the test where it is rightly refused: an ordinary user's children at `filtered`
    /// could signal the server, and kernels before Landlock ABI 6 can't forbid it.
    private static func start(_ configuration: SandboxConfiguration, isBare: Bool) async throws -> Sandbox {
        do {
            return try await Sandbox.start(configuration, logger: Logger(label: "test"))
        } catch {
            // Behind a wall it was asked before, without any code of ours, whether the place can be had.
            guard isBare, case .exactly(let level) = configuration.requirement, error.code == .unavailable
            else {
                throw error
            }
            let mayBeRefused =
                level.hasOwnRoot || level == .filtered && geteuid() != 0 && cmcp_landlock_abi() < 6
            guard mayBeRefused else { throw error }
            try Test.cancel("level \(level.rawValue) can't be had here: \(error.message)")
        }
    }

    /// Seconds to sleep by which a process of this sandbox is told from those of other tests and other runs.
    func mark(_ seconds: String) -> String { "\(seconds).\(number)" }

    /// The process id of the launcher, found above a call that is ended again.
    ///
    /// - Parameter mark: Seconds that the call would take.
    /// - Returns: It.
    /// - Throws: When no launcher is found in 20 s.
    func launcher(mark: String) async throws -> Int32 {
        let mark = self.mark(mark)
        let running = Task { try await bash("sleep \(mark)") }
        defer { running.cancel() }
        let deadline = ContinuousClock.now.advanced(by: .seconds(20))
        while ContinuousClock.now < deadline {
            if let found = ProcessTable.launcher(aboveArgument: mark) { return found }
            await Task.yield()
        }
        return try #require(nil as Int32?, "no launcher was found")
    }

    /// Kills the launcher and waits for its end.
    func killLauncher(mark: String) async throws {
        let launcher = try await launcher(mark: mark)
        try #require(kill(launcher, SIGKILL) == 0)
        while ProcessTable.isAlive(launcher) { await Task.yield() }
    }

    /// The same after the launcher was killed: a call that comes before that is noticed still meets what the old launcher
    /// left, and fails as clearly; then again.
    func bashAfterLoss(_ command: String) async throws -> ProcessOutcome {
        let deadline = ContinuousClock.now.advanced(by: .seconds(20))
        while ContinuousClock.now < deadline {
            do {
                return try await bash(command)
            } catch let error as SandboxError where error.code == .launcherLost {
                await Task.yield()
            }
        }
        return try await bash(command)
    }

    func bash(
        _ command: String,
        input: String? = nil,
        limits: ProcessRequest.Limits = .init(time: .seconds(20))
    ) async throws -> ProcessOutcome {
        let request = ProcessRequest(
            program: "/bin/bash",
            arguments: ["bash", "--norc", "--noprofile", "-c", command],
            environment: environment,
            directory: sandbox.workspacePath,
            input: input.map { Array($0.utf8) },
            limits: limits,
        )
        return try await sandbox.run(request, as: Self.bash)
    }

    func python(
        _ code: String,
        limits: ProcessRequest.Limits = .init(time: .seconds(20), memory: 256 << 20)
    ) async throws -> ProcessOutcome {
        let request = ProcessRequest(
            program: "/usr/bin/python3",
            arguments: ["python3", "-I", "-S", "-u", "-c", code],
            environment: environment,
            directory: sandbox.workspacePath,
            limits: limits,
        )
        return try await sandbox.run(request, as: Self.python)
    }

    private var environment: [String] {
        ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=\(sandbox.workspacePath)", "LANG=C.UTF-8", "TMPDIR=/tmp"]
    }
}
