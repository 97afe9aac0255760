// SPDX-License-Identifier: Apache-2.0

/// The listed programs as files: which absolute paths each entry of `BASH_ALLOWED_COMMANDS` was resolved to.
///
/// It is made where files can be looked at; the policy only compares. Two names are the same program when the table
/// says they are the same file, never because their last components agree.
public struct ProgramTable: Sendable, Hashable {
    /// One listed program.
    public struct Program: Sendable, Hashable {
        /// The entry as it stands in the setting: a name or an absolute path.
        public let entry: String
        /// All absolute paths that are known to lead to its file (`/usr/bin/ls`, `/bin/ls`); none if it is not installed.
        public let paths: [String]

        /// Makes a listed program.
        public init(entry: String, paths: [String]) {
            self.entry = entry
            self.paths = paths
        }
    }

    /// The listed programs, in the order of the setting.
    public let programs: [Program]
    /// The folders of the child's `PATH`, absolute, in order.
    public let searchPath: [String]
    private let byEntry: [[UInt8]: Int]
    private let byPath: [[UInt8]: Int]

    /// Makes a table; an entry given twice counts once.
    ///
    /// - Parameters:
    ///   - programs: The listed programs with their files.
    ///   - searchPath: The folders of the child's `PATH`.
    public init(programs: [Program], searchPath: [String]) {
        var entries: Set<[UInt8]> = []
        let programs = programs.filter { entries.insert(Array($0.entry.utf8)).inserted }
        self.programs = programs
        self.searchPath = searchPath
        var byEntry: [[UInt8]: Int] = [:]
        var byPath: [[UInt8]: Int] = [:]
        for (index, program) in programs.enumerated() {
            byEntry[Array(program.entry.utf8), default: index] = index
            for path in program.paths { byPath[Array(path.utf8), default: index] = index }
        }
        self.byEntry = byEntry
        self.byPath = byPath
    }

    /// The listed program that a word names.
    ///
    /// - Parameters:
    ///   - name: The word as it was written.
    ///   - path: What it means as an absolute path, if it holds a `/`.
    /// - Returns: The program, or nil if none that is listed has this name.
    public func program(named name: String, path: String?) -> Program? {
        if name.utf8.contains(UInt8(ascii: "/")) {
            guard let path else { return nil }
            let bytes = Array(path.utf8)
            return (byPath[bytes] ?? byEntry[bytes]).map { programs[$0] }
        }
        if let index = byEntry[Array(name.utf8)] { return programs[index] }
        for folder in searchPath {
            let path = Array(folder.utf8) + [UInt8(ascii: "/")] + Array(name.utf8)
            if let index = byPath[path] ?? byEntry[path] { return programs[index] }
        }
        return nil
    }
}
