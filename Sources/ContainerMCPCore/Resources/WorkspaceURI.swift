// SPDX-License-Identifier: Apache-2.0

/// The URI of a file that a caller can see: `file:///workspace/…` or `file:///data/…`.
///
/// The path in it is the one that a command sees, so what a command prints can be read as it is.
struct WorkspaceURI {
    /// The longest URI: a path of 4,096 bytes, each of them encoded.
    static let maximumBytes = 12_544

    /// The place that the URI names.
    let path: SandboxPath

    /// Reads a URI; nil if it names nothing in either tree.
    ///
    /// Slashes may stand as they are or encoded, as they do when a template was filled in. What the decoded path may
    /// be is for ``SandboxPath`` to say, after the one decoding that there is.
    ///
    /// - Throws: ``ToolError`` with code `invalidArgument` for a place in a tree that can't be named.
    init?(parsing uri: String) throws(ToolError) {
        guard uri.utf8.count <= Self.maximumBytes, let encoded = Self.encodedPath(of: uri) else { return nil }
        guard let decoded = PercentCoding.decode(encoded) else {
            guard Self.trees.contains(where: { encoded.utf8.starts(with: $0.utf8) }) else { return nil }
            throw ToolError(
                .invalidArgument,
                "The URI '\(ShownText(uri))' has a percent sign without two digits, or bytes that are not UTF-8."
            )
        }
        let isInTree = Self.trees.contains { tree in
            decoded.utf8.starts(with: tree.utf8)
                && (decoded.utf8.count == tree.utf8.count
                    || decoded.utf8.dropFirst(tree.utf8.count).first == 0x2F)
        }
        guard isInTree else { return nil }
        path = try SandboxPath(parsing: decoded)
    }

    /// The URI of a place.
    static func text(for path: SandboxPath) -> String {
        "file://" + path.childPath.map { "/" + PercentCoding.encode($0) }.joined()
    }

    private static let trees = ["/workspace", "/data"]

    /// What follows scheme and authority (RFC 8089); nil for another scheme or host, a query or a fragment.
    private static func encodedPath(of uri: String) -> Substring? {
        let bytes = uri.utf8
        let scheme = bytes.prefix(5).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard scheme.elementsEqual("file:".utf8), !bytes.contains(0x3F), !bytes.contains(0x23) else {
            return nil
        }
        let rest = bytes.dropFirst(5)
        for prefix in ["//localhost/", "///"] where rest.starts(with: prefix.utf8) {
            return Substring(rest.dropFirst(prefix.utf8.count - 1))
        }
        return rest.first == 0x2F && rest.dropFirst().first != 0x2F ? Substring(rest) : nil
    }
}
