// SPDX-License-Identifier: Apache-2.0

/// Completes the last name of a path, from the one folder that holds it.
///
/// The folder is listed with the permission of `file_list`, so nothing is told that the tool would not tell.
struct PathCompletion: Sendable {
    /// The tree in which a relative text is meant, without a slash at its end; empty for a text that is a path itself.
    var base = ""
    let files: SandboxFileManager
    /// The endings that files may have; folders may have any.
    let endings: Set<String>

    /// The paths that begin with a text; folders end with a slash.
    ///
    /// - Throws: ``ToolError`` with code `busy` or `cancelled`; whatever can't be listed completes to nothing.
    func values(for text: String, in context: CallContext) async throws(ToolError) -> [String] {
        guard text.utf8.count <= 4_096 else { return [] }
        let slash = text.utf8.lastIndex(of: 0x2F)
        let folder = String(slash.map { text[...$0] } ?? "")
        let prefix = String(slash.map { text[text.utf8.index(after: $0)...] } ?? text[...])
        var values: [String] = []
        if base.isEmpty, text.utf8.first == 0x2F, "/data".utf8.starts(with: text.utf8),
            mayList("/data", context)
        {
            values.append("/data/")
        }
        let listing: FolderListing
        do throws(ToolError) {
            let place = base + (base.isEmpty ? "" : "/") + folder
            let action = try ListFolder(
                path: place.isEmpty ? "/" : place,
                pattern: Self.pattern(for: prefix),
                limit: 10_000
            )
            listing = try await files.list(context.permit(action))
        } catch {
            // A completion can't ask, and what a caller may not see must look like what is not there.
            guard error.code == .busy || error.code == .cancelled else { return values }
            throw error
        }
        for entry in listing.entries where entry.name.utf8.starts(with: prefix.utf8) {
            guard entry.isDirectory || SandboxPath.hasAllowedEnding(entry.name, endings) else { continue }
            // Behind a single slash these two are the trees, not folders of the workspace.
            if base.isEmpty, folder == "/", entry.name == "data" || entry.name == "workspace" { continue }
            values.append(folder + entry.name + (entry.isDirectory ? "/" : ""))
        }
        return values
    }

    private func mayList(_ path: String, _ context: CallContext) -> Bool {
        // Whatever the reason is, it is not offered.
        (try? context.permit(ListFolder(path: path))) != nil
    }

    /// A pattern for the names that begin with a text, as much of it as a pattern holds.
    private static func pattern(for prefix: String) -> String {
        var pattern = ""
        var count = 0
        for scalar in prefix.unicodeScalars {
            let isSpecial = scalar == "*" || scalar == "?" || scalar == "["
            count += isSpecial ? 3 : 1
            guard count < 256 else { break }
            if isSpecial { pattern += "[" }
            pattern.unicodeScalars.append(scalar)
            if isSpecial { pattern += "]" }
        }
        return pattern + "*"
    }
}
