// SPDX-License-Identifier: Apache-2.0

// Compiled together with the path rules of ContainerMCPCore into one module; see `bin/fuzz`.

/// Paths and patterns of a stranger: the first line is a path, the second a pattern, further ones paths for it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPaths(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    let lines = bytes.split(separator: 0x0A, maxSplits: 16, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    if let path = lines.first { PathCheck.path(path) }
    guard lines.count > 1 else { return 0 }
    PathCheck.policyPattern(lines[1], lines.dropFirst(2))
    PathCheck.pattern(lines[1], lines.dropFirst(2))
    return 0
}

/// What must hold for every text.
enum PathCheck {
    static func require(_ condition: Bool, _ sentence: String) {
        guard condition else { fatalError(sentence) }
    }

    static func path(_ text: String) {
        let parsed: SandboxPath
        do throws(ToolError) {
            parsed = try SandboxPath(parsing: text)
        } catch {
            require(error.code == .invalidArgument, "a path that is refused is an argument that is refused")
            require(isShowable(error.message), "a message hides nothing and is short")
            return
        }
        for name in parsed.components {
            let scalars = name.unicodeScalars
            require(!name.isEmpty && name != "." && name != "..", "a name is a name")
            require(
                !scalars.contains { $0 == "/" || $0 == "\\" || $0.value == 0 },
                "a name holds no separator"
            )
            require(name.utf8.count <= 255, "a name has at most 255 bytes")
            require(NameRules.isNameable(name), "a name in a path keeps the rules for names")
        }
        require(isShowable(parsed.shown), "what is shown hides nothing and is short")
        // What is answered can be sent back and names the same place.
        let again = try? SandboxPath(parsing: parsed.description)
        require(again == parsed, "an answered path leads to where it came from")
        let whole = try? SandboxPath(parsing: text + "/")
        require(whole == parsed || text.utf8.count >= 4_096, "a slash at the end means nothing")
        let endings: Set<String> = ["txt"]
        let isAllowed = (try? parsed.requireAllowedEnding(endings)) != nil
        let last = parsed.components.last.map { Array($0.utf8) } ?? []
        let lowered = last.suffix(4).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        require(
            isAllowed == (last.count > 4 && lowered == Array(".txt".utf8)),
            "an ending is what ends a name"
        )
        if parsed.isReserved {
            require(parsed.root == .workspace, "only the workspace has a reserved folder")
        }
    }

    private static func isShowable(_ text: String) -> Bool {
        text.unicodeScalars.count < 2_000 && !text.unicodeScalars.contains { NameRules.isHidden($0) }
    }

    static func pattern(_ text: String, _ paths: ArraySlice<String>) {
        let pattern: GlobPattern
        do throws(ToolError) {
            pattern = try GlobPattern(parsing: text)
        } catch {
            require(
                error.code == .invalidArgument,
                "a pattern that is refused is an argument that is refused"
            )
            require(isShowable(error.message), "a message hides nothing and is short")
            return
        }
        let isAll = text == "**"
        for path in paths {
            let names = path.unicodeScalars.split(separator: "/").map { String($0) }
            guard !names.isEmpty else { continue }
            var state = pattern.start
            var wasDead = false
            for name in names {
                wasDead = wasDead || state.isDead
                state = pattern.advanced(state, by: name)
                require(!(wasDead && state.isMatch), "nothing below a dead folder matches")
            }
            require(state.isMatch == pattern.matches(names), "a search and a match agree")
            if isAll { require(state.isMatch, "'**' matches every path") }
            for name in names { nameMatching(name, against: text) }
        }
        if !text.unicodeScalars.contains(where: { "*?[".unicodeScalars.contains($0) }) {
            let names = text.unicodeScalars.split(separator: "/").map { String($0) }.filter { $0 != "." }
            require(pattern.matches(names), "a pattern without special characters matches itself")
        }
    }

    /// Compares with the textbook table, which tries every way.
    private static func nameMatching(_ name: String, against text: String) {
        guard !text.unicodeScalars.contains(where: { $0 == "/" || $0 == "[" }) else { return }
        let (pattern, letters) = (Array(text.unicodeScalars), Array(name.unicodeScalars))
        guard pattern.count <= 64, letters.count <= 256 else { return }
        var row = [true] + Array(repeating: false, count: letters.count)
        for token in pattern {
            var next = Array(repeating: false, count: letters.count + 1)
            if token == "*" { next[0] = row[0] }
            for index in letters.indices {
                next[index + 1] =
                    token == "*"
                    ? next[index] || row[index + 1] : row[index] && (token == "?" || token == letters[index])
            }
            row = next
        }
        require(
            GlobName(pattern).matches(letters) == row[letters.count],
            "a name is matched as the textbook says"
        )
    }

    static func policyPattern(_ text: String, _ paths: ArraySlice<String>) {
        guard let pattern = PathPattern(text) else { return }
        for path in paths {
            guard let parsed = try? SandboxPath(parsing: path) else { continue }
            let first = pattern.matches(parsed)
            require(first == pattern.matches(parsed), "a pattern says the same twice")
            if text == "/**" {
                require(
                    first == (parsed.root == .workspace),
                    "'/**' is about all of the workspace, and of it only"
                )
            }
        }
    }
}
