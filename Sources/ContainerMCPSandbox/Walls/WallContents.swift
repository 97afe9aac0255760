// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What is in sight of the launcher behind a wall: the sources of every view, and the server's own program.
struct WallContents: Sendable {
    /// A link with its text.
    struct Link: Sendable {
        let path: String
        let text: String
    }

    /// A file or folder of the machine, at its own path.
    struct Source: Sendable {
        let path: String
        var isWritable: Bool
        var isDevice: Bool
        let isFolder: Bool
    }

    private(set) var links: [Link] = []
    private(set) var sources: [Source] = []
    /// The server's own program.
    let program: String

    /// Collects from views.
    ///
    /// - Parameter views: Those of all kinds of children.
    /// - Throws: ``SandboxError`` when the running program can't be found under its name any more.
    init(views: [RuntimeView]) throws(SandboxError) {
        program = try Self.runningProgram()
        var builder = ViewBuilder()
        builder.addProgram(program)
        var links: [String: String] = [:]
        var sources: [String: Source] = [:]
        for node in (views + [builder.view]).flatMap(\.nodes) {
            switch node.kind {
            case .link(let text):
                links[node.path] = text
            case .bind(let path, let access, _, _):
                let old = sources[path]
                sources[path] = Source(
                    path: path,
                    isWritable: access.contains(.writable) || old?.isWritable ?? false,
                    isDevice: access.contains(.device) || old?.isDevice ?? false,
                    isFolder: HostPath.walk(path)?.isFolder ?? false
                )
            case .folder, .text:
                continue
            }
        }
        // Parents first; what a folder brings along anyway is left out.
        for source in sources.values.sorted(by: { $0.path < $1.path }) {
            let holder = self.sources.last { $0.isFolder && source.path.hasPrefix($0.path + "/") }
            if let holder, holder.isWritable == source.isWritable, !source.isDevice { continue }
            self.sources.append(source)
        }
        for (path, text) in links.sorted(by: { $0.key < $1.key })
        where !self.sources.contains(where: { $0.isFolder && path.hasPrefix($0.path + "/") }) {
            self.links.append(Link(path: path, text: text))
        }
    }

    /// Every folder above a source or a link that no source brings along, parents first.
    var parents: [String] {
        var found: Set<String> = []
        for path in sources.map(\.path) + links.map(\.path) {
            var parent = path[...]
            while let slash = parent.lastIndex(of: "/"), slash > parent.startIndex {
                parent = parent[..<slash]
                found.insert(String(parent))
            }
        }
        return found.sorted().filter { path in
            !sources.contains { $0.isFolder && (path + "/").hasPrefix($0.path + "/") }
        }
    }

    private static func runningProgram() throws(SandboxError) -> String {
        var running = stat()
        guard let path = HostPath.readLink("/proc/self/exe"), unsafe stat("/proc/self/exe", &running) == 0,
            let walk = HostPath.walk(path), walk.device == UInt64(running.st_dev),
            walk.inode == UInt64(running.st_ino)
        else {
            throw SandboxError(
                .unavailable,
                "the server's program was replaced while it runs; start the server again"
            )
        }
        return walk.real
    }
}
