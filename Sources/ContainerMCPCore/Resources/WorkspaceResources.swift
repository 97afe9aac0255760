// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol
public import ContainerMCPSandbox

/// The files of the workspace and of the data folder as resources.
///
/// A file is `file:///workspace/<path>` or `file:///data/<path>`, the path that a command sees, percent-encoded. What
/// may be listed and read is decided as for `file_list` and `file_read`; the full texts of cut outputs, below
/// `/workspace/.cmcp/output/`, can be read and watched, and are not listed.
public struct WorkspaceResources: ResourceProvider {
    /// The most resources of one list: 10,000.
    public static let maximumResources = 10_000

    private let files: SandboxFileManager
    private let trees: [SandboxPath.Root]
    private let endings: Set<String>
    private let watcher: FolderWatcher

    /// Makes the provider; no thread is started before something is watched.
    ///
    /// - Parameters:
    ///   - files: The manager that reads and lists.
    ///   - workspace: The tree behind `/workspace`, for watching.
    ///   - data: The tree behind `/data`; nil if there is none.
    ///   - allowedEndings: The endings that files may have (`FILE_ALLOWED_EXTENSIONS`), in lower case without the dot.
    ///   - changes: Where changes are published.
    public init(
        files: SandboxFileManager,
        workspace: RootDirectory,
        data: RootDirectory?,
        allowedEndings: Set<String>,
        changes: ChangeBus
    ) {
        self.init(files: files, workspace: workspace, data: data, allowedEndings: allowedEndings) { change in
            changes.publish(change)
        }
    }

    /// Makes the provider; what changes is told to a closure, on a thread of its own.
    init(
        files: SandboxFileManager,
        workspace: RootDirectory,
        data: RootDirectory?,
        allowedEndings: Set<String>,
        publish: @escaping @Sendable (Change) -> Void
    ) {
        self.files = files
        trees = data == nil ? [.workspace] : [.workspace, .data]
        endings = allowedEndings
        var roots: [SandboxPath.Root: RootDirectory] = [.workspace: workspace]
        roots[.data] = data
        watcher = FolderWatcher(roots: roots, endings: allowedEndings, publish: publish)
    }

    /// `file:///workspace/{path}`, and `file:///data/{path}` where there is a data folder.
    public var templates: [ResourceTemplate] { Self.templates(of: trees) }

    static func templates(of trees: [SandboxPath.Root]) -> [ResourceTemplate] {
        trees.map { tree in
            switch tree {
            case .workspace:
                ResourceTemplate(
                    uriTemplate: template(of: tree),
                    name: "workspace_file",
                    title: "File of the workspace",
                    summary: "A file that commands, Python and the file tools share; a path may hold slashes."
                )
            case .data:
                ResourceTemplate(
                    uriTemplate: template(of: tree),
                    name: "data_file",
                    title: "File of the data folder",
                    summary: "A file that can be read and not changed; a path may hold slashes."
                )
            }
        }
    }

    private static func template(of tree: SandboxPath.Root) -> String {
        "file://\(base(of: tree))/{path}"
    }

    private static func base(of tree: SandboxPath.Root) -> String {
        switch tree {
        case .workspace: "/workspace"
        case .data: "/data"
        }
    }

    // MARK: Lists

    /// The files with an allowed ending, those of the workspace first, each tree sorted by path.
    ///
    /// At most ``maximumResources``, found among the first 10,000 names of each tree, within 64 levels and 5 seconds.
    public func list(in context: CallContext) async throws(ToolError) -> [ResourceDescriptor] {
        var resources: [ResourceDescriptor] = []
        for tree in trees {
            let listing: FolderListing
            do throws(ToolError) {
                let action = try ListFolder(path: Self.base(of: tree), pattern: "**", limit: 10_000)
                listing = try await files.list(context.permit(action))
            } catch {
                // A caller who may not list sees none; the other resources of the server stay listed.
                guard error.code == .busy || error.code == .cancelled else { continue }
                throw error
            }
            for entry in listing.entries where !entry.isDirectory {
                guard resources.count < Self.maximumResources else { return resources }
                guard let resource = try descriptor(of: entry, in: tree) else { continue }
                resources.append(resource)
            }
        }
        return resources
    }

    private func descriptor(of entry: FolderListing.Entry, in tree: SandboxPath.Root)
        throws(ToolError) -> ResourceDescriptor?
    {
        guard SandboxPath.hasAllowedEnding(entry.name, endings) else { return nil }
        // Answers name the workspace relatively, and a file `data/x` there must not become one of the data folder.
        let path = try SandboxPath(parsing: tree == .workspace ? "/workspace/\(entry.path)" : entry.path)
        return ResourceDescriptor(
            uri: WorkspaceURI.text(for: path),
            name: entry.path,
            mimeType: MediaType(fileName: entry.name)?.name,
            size: entry.size,
            annotations: ContentAnnotations(lastModified: entry.modified)
        )
    }

    // MARK: Reading

    /// Reads a file: text where its bytes are UTF-8 and its ending does not say otherwise, else base64.
    ///
    /// - Throws: ``ToolError``: `denied`, `invalidArgument` (a folder, or a path that can't be named), `limitExceeded`
    ///   for more than `FILE_MAX_SIZE_MB` or than one answer holds.
    public func read(_ uri: String, in context: CallContext) async throws(ToolError) -> [ResourceContents]? {
        guard let path = try WorkspaceURI(parsing: uri)?.path else { return nil }
        let type = path.components.last.flatMap { MediaType(fileName: $0) }
        let name = path.fullText
        do throws(ToolError) {
            if type?.isText ?? true {
                if let text = try await text(name, context) {
                    let mimeType = (type ?? .plainText).name
                    return [ResourceContents(uri: uri, mimeType: mimeType, payload: .text(text))]
                }
            }
            let bytes = try await files.read(context.permit(ReadFile(path: name, encoding: "base64")))
            let mimeType = (type ?? .anyBytes).name
            return [ResourceContents(uri: uri, mimeType: mimeType, payload: .blob(base64: bytes.content))]
        } catch {
            switch error.code {
            case .notFound:
                return nil
            case .limitExceeded:
                throw ToolError(
                    .limitExceeded,
                    """
                    \(error.message) file_read with 'offset' and 'limit' gives parts of what is within the limit for \
                    files; of a larger file, a command or Python code in the sandbox can read parts.
                    """,
                    cause: error.cause
                )
            default:
                throw error
            }
        }
    }

    /// The text of a file; nil where it may be one of other bytes.
    private func text(_ name: String, _ context: CallContext) async throws(ToolError) -> String? {
        do throws(ToolError) {
            return try await files.read(context.permit(ReadFile(path: name))).content
        } catch {
            // Bytes that are not UTF-8, or a folder, which the second try tells apart.
            guard error.code == .invalidArgument else { throw error }
            return nil
        }
    }

    // MARK: Completion

    /// Completes `path` from the folder that holds its last name; other variables there are none.
    public func complete(
        _ variable: String,
        of template: String,
        value: String,
        given: [String: String],
        in context: CallContext
    ) async throws(ToolError) -> [String] {
        guard variable == "path", let tree = trees.first(where: { Self.template(of: $0) == template }) else {
            return []
        }
        let completion = PathCompletion(base: Self.base(of: tree), files: files, endings: endings)
        return try await completion.values(for: value, in: context)
    }

    // MARK: Watching

    /// Watches a file, which need not be there yet; at most 1,024 URIs in all, down to 64 levels.
    public func watch(_ uri: String, in context: CallContext) async -> Bool {
        // A refusal and a URI of another provider are the same to whoever asks: it can't be watched.
        guard let path = try? WorkspaceURI(parsing: uri)?.path, !path.isRoot else { return false }
        let name = path.fullText
        guard (try? context.permit(ReadFile(path: name))) != nil else { return false }
        return await watcher.watch(uri, at: path)
    }

    /// Lets a file go that was watched.
    public func unwatch(_ uri: String, for caller: Caller) async {
        await watcher.unwatch(uri)
    }

    /// Watches both trees for files that come, go or move: up to 512 folders, the upper levels first.
    ///
    /// What lies deeper than those is not seen to change. Published at most once in 200 ms.
    public func watchList(for caller: Caller) async -> Bool {
        await watcher.watchLists()
    }

    /// Lets the trees go.
    public func unwatchList(for caller: Caller) async {
        await watcher.unwatchLists()
    }

    /// Ends all watching, and the thread behind it; nothing can be watched afterwards.
    public func stop() {
        watcher.stop()
    }
}
