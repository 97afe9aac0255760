// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import Glibc

@testable import ContainerMCPCore

/// Workspace resources over throw-away folders, with a policy and callers of any scope.
final class ResourceFixture: Sendable {
    static let endings: Set<String> = ["txt", "md", "csv", "json", "py", "png", "svg", "pdf"]

    let base: String
    let changes = ChangeBus()
    let workspace: RootDirectory
    let files: SandboxFileManager
    let resources: WorkspaceResources
    private let policy: PolicyEngine

    init(policyFile: String? = nil, limits: FileLimits = FileLimits(allowedEndings: endings)) throws {
        var template = Array("/tmp/cmcp-resources-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw FileFailure.other(errno) }
        base = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for name in ["workspace", "data", "outside"] {
            guard unsafe mkdir(base + "/" + name, 0o755) == 0 else { throw FileFailure.other(errno) }
        }
        workspace = try RootDirectory(path: base + "/workspace")
        let data = try RootDirectory(path: base + "/data")
        files = SandboxFileManager(
            workspace: workspace,
            data: data,
            limits: limits,
            threads: BlockingThreads(limit: 4, waiting: 64)
        )
        resources = WorkspaceResources(
            files: files,
            workspace: workspace,
            data: data,
            allowedEndings: limits.allowedEndings,
            changes: changes
        )
        policy = PolicyEngine(
            settings: PolicySettings(
                enabledTools: [.fileRead, .fileList, .environmentVariable],
                allowedEndings: limits.allowedEndings
            ),
            file: try policyFile.map { try PolicyFile(yaml: Array($0.utf8)) }
        )
    }

    deinit {
        resources.stop()
        let arguments = ["rm", "-rf", "--", base]
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var process = pid_t()
        if unsafe posix_spawn(&process, "/bin/rm", nil, nil, &pointers, environ) == 0 {
            waitpid(process, nil, 0)
        }
        unsafe pointers.forEach { unsafe free($0) }
    }

    // MARK: Callers

    /// Whoever asks without saying who it is.
    let caller = Caller(session: "test")

    func context(
        scopes: Set<Scope>? = nil,
        capabilities: ClientCapabilities = ClientCapabilities()
    ) -> CallContext {
        let subject = scopes.map { Subject(id: "ann", isAuthenticated: true, scopes: $0) } ?? .anonymous
        return context(caller: Caller(subject: subject, session: "test"), capabilities: capabilities)
    }

    func context(
        caller: Caller,
        capabilities: ClientCapabilities = ClientCapabilities()
    ) -> CallContext {
        CallContext(
            caller: caller,
            request: RequestContext(revision: .v20260728, clientCapabilities: capabilities),
            policy: policy,
            desk: ApprovalDesk()
        )
    }

    func read(_ uri: String) async throws -> [ResourceContents]? {
        try await resources.read(uri, in: context())
    }

    /// The kind of error that a call ends with; nil if it succeeds.
    func code(_ body: () async throws -> Void) async -> ToolError.Code? {
        do {
            try await body()
            return nil
        } catch let error as ToolError {
            // Whatever fails, no message tells where on the host the folders are.
            return error.message.contains(base) ? .internalFailure : error.code
        } catch {
            return .internalFailure
        }
    }

    // MARK: The host's view

    func place(_ path: String) -> String { base + "/" + path }

    func makeFolder(_ path: String) throws {
        try checked(unsafe mkdir(place(path), 0o755))
    }

    func write(_ path: String, _ text: String = "text") throws {
        try write(Array(place(path).utf8), Array(text.utf8))
    }

    func write(_ path: [UInt8], _ bytes: [UInt8]) throws {
        let name = path.map { CChar(bitPattern: $0) } + [0]
        let file = unsafe open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        try checked(file)
        defer { close(file) }
        guard unsafe Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw FileFailure.other(errno)
        }
    }

    func remove(_ path: String) throws {
        try checked(unsafe Glibc.remove(place(path)))
    }

    func move(_ path: String, to other: String) throws {
        try checked(unsafe rename(place(path), place(other)))
    }

    func link(_ path: String, to target: String) throws {
        try checked(unsafe symlink(target, place(path)))
    }

    private func checked(_ answer: Int32) throws {
        guard answer >= 0 else { throw FileFailure.other(errno) }
    }
}

/// What a feed brought until the last thing that was waited for.
extension ChangeFeed {
    func changes(until last: Change) async -> Set<Change> {
        var seen: Set<Change> = []
        while !seen.contains(last), let news = await next() { seen.formUnion(news) }
        return seen
    }
}
