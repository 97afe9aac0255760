// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPSandbox

/// Reads, writes, lists, deletes and moves files in the workspace, and reads and lists the data folder.
///
/// Takes permissions only, so that no action reaches a disk undecided. Every access goes beneath the
/// descriptor of a root (see ``ContainerMCPSandbox/RootDirectory``); what may wait for a disk blocks a thread of its
/// own pool, never one of the shared ones. Cancelling a call that waits ends it; one that has begun is done to its end,
/// and is bounded.
public struct SandboxFileManager: Sendable {
    private let workspace: RootDirectory
    private let data: RootDirectory?
    private let limits: FileLimits
    private let threads: BlockingThreads
    private let refuseWrites: @Sendable () -> ToolError?

    /// Makes a manager.
    ///
    /// - Parameters:
    ///   - workspace: The tree to read and write.
    ///   - data: The tree below `/data`, to read only; nil if there is none.
    ///   - limits: The bounds.
    ///   - threads: The threads that do the work.
    ///   - refuseWrites: Asked before each write and move; an error refuses it (a workspace over its quota).
    public init(
        workspace: RootDirectory,
        data: RootDirectory?,
        limits: FileLimits = FileLimits(),
        threads: BlockingThreads,
        refuseWrites: @escaping @Sendable () -> ToolError? = { nil }
    ) {
        self.workspace = workspace
        self.data = data
        self.limits = limits
        self.threads = threads
        self.refuseWrites = refuseWrites
    }

    /// Reads a file, whole or in part.
    ///
    /// Saved outputs below `.cmcp/output/` may be larger than other files and may have any ending.
    ///
    /// - Throws: ``ToolError``: `notFound`, `denied`, `invalidArgument` (a folder, or bytes that the encoding
    ///   doesn't know), `limitExceeded`.
    public func read(_ permitted: Permitted<ReadFile>) async throws(ToolError) -> FileText {
        let action = permitted.action
        let path = action.path
        guard !path.isRoot else { throw FileErrors.error(for: .isFolder, at: path) }
        let isOutput = path.isReserved && path.components.count > 2 && path.components[1] == "output"
        if path.isReserved {
            guard isOutput else { throw reserved(path) }
        } else {
            try path.requireAllowedEnding(limits.allowedEndings)
        }
        let root = try root(of: path)
        let limit = isOutput ? max(limits.maxFileBytes, limits.maxSavedOutputBytes) : limits.maxFileBytes
        let maxReply = limits.maxReplyBytes
        // Most files that are read are small and in memory: they need no thread that may wait for a disk.
        if let file = root.readCached(path.components, limit: min(limit, Self.smallFile)) {
            return try Self.answer(to: action, from: file, maxReply)
        }
        return try await work { () throws(ToolError) in
            let file: FileContent
            do throws(FileFailure) {
                file = try root.read(path.components, limit: limit)
            } catch .tooLarge {
                throw ToolError(.limitExceeded, "'\(path.shown)' is larger than the limit of \(limit) bytes.")
            } catch {
                throw FileErrors.error(for: error, at: path)
            }
            return try Self.answer(to: action, from: file, maxReply)
        }
    }

    /// Bytes of a file that is made an answer of at once.
    private static let smallFile = 65_536

    private static func answer(
        to action: ReadFile,
        from file: FileContent,
        _ maxReply: Int
    ) throws(ToolError) -> FileText {
        let answer = try FileReading(action: action).answer(from: file)
        guard FileReading.fits(answer.content, in: maxReply) else {
            throw ToolError(
                .limitExceeded,
                "The content is too large for one answer; ask for a part of it with 'offset' and 'limit'."
            )
        }
        return answer
    }

    /// Writes a file whole; others see the old content or the new one.
    ///
    /// Makes missing folders.
    ///
    /// - Throws: ``ToolError``: `denied`, `invalidArgument` (text that the encoding can't hold),
    ///   `limitExceeded`.
    public func write(_ permitted: Permitted<WriteFile>) async throws(ToolError) -> FileWritten {
        let action = permitted.action
        let path = action.path
        try requireWritable(path)
        try path.requireAllowedEnding(limits.allowedEndings)
        let (workspace, limit, refuseWrites) = (workspace, limits.maxFileBytes, refuseWrites)
        return try await work { () throws(ToolError) in
            let tooLarge = ToolError(
                .limitExceeded,
                "The content is larger than the limit of \(limit) bytes; write it in parts."
            )
            // No encoding halves the bytes of UTF-8, so this bounds the memory before anything is made of
            // them.
            guard action.content.utf8.count / 2 <= limit else { throw tooLarge }
            guard let bytes = action.encoding.encode(action.content) else {
                let reason =
                    action.encoding == .base64
                    ? "The content is not valid base64."
                    : "The encoding can't hold every character; use utf-8."
                throw ToolError(.invalidArgument, reason)
            }
            guard bytes.count <= limit else { throw tooLarge }
            if let refusal = refuseWrites() { throw refusal }
            do throws(FileFailure) {
                try workspace.makeFolders(path.components.dropLast())
                try workspace.write(bytes, to: path.components)
            } catch {
                throw FileErrors.error(for: error, at: path)
            }
            return FileWritten(path: path.description, size: Int64(bytes.count))
        }
    }

    /// Lists a folder, or what matches a pattern below it, a page at a time, sorted by path.
    ///
    /// Links, pipes, sockets, devices and names that could not be given back are left out and counted.
    ///
    /// - Throws: ``ToolError``: `notFound`, `denied`, `invalidArgument` (not a folder, or a cursor of another
    ///   listing).
    public func list(_ permitted: Permitted<ListFolder>) async throws(ToolError) -> FolderListing {
        let listing = permitted.action
        if listing.path.isReserved { throw reserved(listing.path) }
        let search = FolderSearch(root: try root(of: listing.path), listing: listing, limits: limits)
        return try await work { () throws(ToolError) in
            try search.run()
        }
    }

    /// Deletes a file with an allowed ending, or an empty folder.
    ///
    /// - Throws: ``ToolError``: `notFound`, `denied`, `invalidArgument` (a folder that is not empty).
    public func delete(_ permitted: Permitted<DeleteFile>) async throws(ToolError) -> FileDeleted {
        let path = permitted.action.path
        try requireWritable(path)
        let (workspace, endings) = (workspace, limits.allowedEndings)
        return try await work { () throws(ToolError) in
            do throws(FileFailure) {
                try workspace.delete(path.components) { name, kind in
                    kind == .folder || SandboxPath.hasAllowedEnding(name.repairedText, endings)
                }
            } catch .refusedInside {
                try path.requireAllowedEnding(endings)
                throw FileErrors.error(for: .changed, at: path)
            } catch {
                throw FileErrors.error(for: error, at: path)
            }
            return FileDeleted(path: path.description)
        }
    }

    /// Moves a file or a folder to another name.
    ///
    /// Makes missing folders; replaces a file only if that was asked for.
    ///
    /// Both names of a file need an allowed ending, and so does every file inside a folder.
    ///
    /// - Throws: ``ToolError``: `notFound`, `denied`, `alreadyExists`, `invalidArgument`, `limitExceeded` (a
    ///   folder too large to be checked).
    public func move(_ permitted: Permitted<MoveFile>) async throws(ToolError) -> FileMoved {
        let action = permitted.action
        let (source, destination) = (action.source, action.destination)
        try requireWritable(source)
        try requireWritable(destination)
        let (workspace, limits, refuseWrites) = (workspace, limits, refuseWrites)
        return try await work { () throws(ToolError) in
            if let refusal = refuseWrites() { throw refusal }
            do throws(FileFailure) {
                // Before folders are made: what can't be moved leaves no trace.
                let kind = try workspace.info(at: source.components).kind
                let isInside = destination.components.starts(with: source.components)
                if kind == .folder, isInside, destination != source { throw .intoItself }
                if kind == .file {
                    let names = [source, destination].compactMap(\.components.last)
                    for name in names where !SandboxPath.hasAllowedEnding(name, limits.allowedEndings) {
                        throw .refusedInside(name: name)
                    }
                }
            } catch {
                throw FileErrors.error(for: error, at: source)
            }
            do throws(FileFailure) {
                try workspace.makeFolders(destination.components.dropLast())
            } catch {
                throw FileErrors.error(for: error, at: destination)
            }
            do throws(FileFailure) {
                try workspace.move(
                    source.components,
                    to: destination.components,
                    replacing: action.overwrite,
                    limits: WalkLimits(
                        entries: limits.maxNames,
                        levels: limits.maxLevels,
                        time: limits.maxTime
                    )
                ) { name, kind in
                    switch kind {
                    case .folder: true
                    case .file: SandboxPath.hasAllowedEnding(name.repairedText, limits.allowedEndings)
                    case .link, .special: false
                    }
                }
            } catch .exists {
                throw FileErrors.error(for: .exists, at: destination)
            } catch {
                throw FileErrors.error(for: error, at: source)
            }
            return FileMoved(source: source.description, destination: destination.description)
        }
    }

    private func work<Value: Sendable>(
        _ body: @escaping @Sendable () throws(ToolError) -> Value
    ) async throws(ToolError) -> Value {
        let result: Result<Value, ToolError>
        do throws(BlockingThreadsRefusal) {
            result = try await threads.run(body)
        } catch {
            throw FileErrors.error(for: error)
        }
        return try result.get()
    }

    private func root(of path: SandboxPath) throws(ToolError) -> RootDirectory {
        switch path.root {
        case .workspace: return workspace
        case .data:
            guard let data else { throw FileErrors.error(for: .notFound, at: path) }
            return data
        }
    }

    private func requireWritable(_ path: SandboxPath) throws(ToolError) {
        guard path.root == .workspace else {
            throw ToolError(.denied, "'\(path.shown)' is in the data folder, which can only be read.")
        }
        guard !path.isRoot else { throw FileErrors.error(for: .isRoot, at: path) }
        guard !path.isReserved else { throw reserved(path) }
        guard path.components.count <= limits.maxLevels else {
            throw ToolError(.limitExceeded, "'\(path.shown)' has more than \(limits.maxLevels) levels.")
        }
    }

    private func reserved(_ path: SandboxPath) -> ToolError {
        ToolError(
            .denied,
            "'\(path.shown)' is in a folder of the server; only files in '.cmcp/output/' can be read."
        )
    }
}
