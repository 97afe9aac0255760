// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPSandbox
import Glibc

/// A file manager over throw-away folders, with a policy that permits all that it may be asked.
final class ManagerFixture: Sendable {
    let base: String
    let manager: SandboxFileManager
    let workspace: RootDirectory

    private let engine = PolicyEngine(
        settings: PolicySettings(
            enabledTools: [.fileRead, .fileWrite, .fileList, .fileDelete, .fileMove],
            // More than the manager's own list, so that the manager's check is the one that is tested.
            allowedEndings: ["txt", "md", "csv", "json", "py", "sh", "log"]
        )
    )

    init(
        limits: FileLimits = FileLimits(),
        refuseWrites: @escaping @Sendable () -> ToolError? = { nil }
    ) throws {
        var template = Array("/tmp/cmcp-manager-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw FileFailure.other(errno) }
        base = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for name in ["workspace", "data", "outside"] {
            guard unsafe mkdir(base + "/" + name, 0o755) == 0 else { throw FileFailure.other(errno) }
        }
        workspace = try RootDirectory(path: base + "/workspace")
        let data = try RootDirectory(path: base + "/data")
        try data.write(Array("x,y\n1,2\n".utf8), to: ["table.csv"])
        try RootDirectory(path: base + "/outside").write(Array("secret".utf8), to: ["secret.txt"])
        manager = SandboxFileManager(
            workspace: workspace,
            data: data,
            limits: limits,
            threads: BlockingThreads(limit: 4, waiting: 64),
            refuseWrites: refuseWrites
        )
    }

    deinit {
        let arguments = ["rm", "-rf", "--", base]
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var process = pid_t()
        if unsafe posix_spawn(&process, "/bin/rm", nil, nil, &pointers, environ) == 0 {
            waitpid(process, nil, 0)
        }
        unsafe pointers.forEach { unsafe free($0) }
    }

    func read(
        _ path: String,
        encoding: String? = nil,
        offset: Int? = nil,
        limit: Int? = nil
    ) async throws -> FileText {
        let action = try ReadFile(path: path, encoding: encoding, offset: offset, limit: limit)
        return try await manager.read(engine.decide(action, subject: .anonymous).get())
    }

    @discardableResult
    func write(_ path: String, _ content: String, encoding: String? = nil) async throws -> FileWritten {
        let action = try WriteFile(path: path, content: content, encoding: encoding)
        return try await manager.write(engine.decide(action, subject: .anonymous).get())
    }

    func list(
        _ path: String? = nil,
        pattern: String? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) async throws -> FolderListing {
        let action = try ListFolder(path: path, pattern: pattern, limit: limit, cursor: cursor)
        return try await manager.list(engine.decide(action, subject: .anonymous).get())
    }

    @discardableResult
    func delete(_ path: String) async throws -> FileDeleted {
        try await manager.delete(engine.decide(try DeleteFile(path: path), subject: .anonymous).get())
    }

    @discardableResult
    func move(_ source: String, _ destination: String, overwrite: Bool = false) async throws -> FileMoved {
        let action = try MoveFile(source: source, destination: destination, overwrite: overwrite)
        return try await manager.move(engine.decide(action, subject: .anonymous).get())
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
}
