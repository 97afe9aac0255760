// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The settings of an environment file, read strictly: what could be meant in two ways is an error.
///
/// A line is empty, a comment, or `KEY=value`, with `export ` before it if you like. `#` begins a comment at
/// the start of a line and after a blank outside quotes. Single quotes keep everything as it is; double
/// quotes know `\\`, `\"`, `\$`, `\n`, `\r` and `\t`. Lines end with LF or CRLF. Nothing is expanded.
public struct EnvironmentFile: Sendable, Equatable {
    /// One setting of the file.
    public struct Entry: Sendable, Equatable {
        /// The name before the equals sign.
        public let key: String
        /// The value without its quotes.
        public let value: String
        /// The line it stands on, from 1.
        public let line: Int
    }

    /// The largest file that is read: 1 MiB.
    public static let maximumBytes = 1_048_576

    /// The file that is read when none is named, relative to the current folder.
    public static let defaultPath = "config/custom.env"

    /// Where the file is; nil when the text came from somewhere else.
    public let path: String?
    /// The settings, in the order of the file; no key is there twice.
    public let entries: [Entry]
    /// What the operator should know about the file although it was read.
    public let warnings: [String]

    /// Parses the text of a file.
    ///
    /// - Parameters:
    ///   - text: The bytes of the file; UTF-8, at most ``maximumBytes``.
    ///   - path: Where the file is, for errors and for the check that no child can read it.
    /// - Throws: ``EnvironmentFileError`` with every faulty line; it never holds a value.
    public init(parsing text: some Collection<UInt8>, path: String? = nil) throws(EnvironmentFileError) {
        try self.init(parsing: Array(text), path: path, warnings: [])
    }

    private init(parsing bytes: [UInt8], path: String?, warnings: [String]) throws(EnvironmentFileError) {
        guard bytes.count <= Self.maximumBytes else {
            throw EnvironmentFileError(path: path, "is larger than \(Self.maximumBytes) bytes")
        }
        var parser = EnvironmentFileParser()
        parser.parse(bytes)
        guard parser.problems.isEmpty else {
            throw EnvironmentFileError(path: path, problems: parser.problems)
        }
        self.path = path
        self.entries = parser.entries
        self.warnings = warnings
    }

    /// The value of a key, if the file holds it.
    public subscript(key: String) -> String? {
        entries.first { $0.key == key }?.value
    }

    /// Reads the named file, or the default one where it exists.
    ///
    /// - Parameters:
    ///   - name: The file somebody named; it must be there. Without a name ``defaultPath`` is read where it
    ///     exists.
    ///   - currentDirectory: The folder that relative paths start from; absolute.
    /// - Returns: The file, or nil where none was named and the default one is not there.
    /// - Throws: ``EnvironmentFileError`` when the file is not there, is no regular file, or is faulty.
    public static func locate(
        named name: String?,
        currentDirectory: String
    ) throws(EnvironmentFileError) -> EnvironmentFile? {
        if let name {
            guard let path = HostPath.absolute(name, from: currentDirectory) else {
                throw EnvironmentFileError(path: nil, "has a name that no file can have; name another one")
            }
            guard let file = try read(path) else {
                throw EnvironmentFileError(path: path, "is not there; name a file that exists, or none")
            }
            return file
        }
        guard let path = HostPath.absolute(defaultPath, from: currentDirectory) else { return nil }
        return try read(path)
    }

    /// Nil when there is no such file.
    private static func read(_ path: String) throws(EnvironmentFileError) -> EnvironmentFile? {
        let contents: HostFile.Contents
        do {
            contents = try HostFile.read(path, atMost: maximumBytes)
        } catch {
            if error == .missing { return nil }
            throw EnvironmentFileError(path: path, error.reason)
        }
        var warnings: [String] = []
        if contents.mode & 0o002 != 0 {
            warnings.append(
                "The environment file \(path) can be written by every user of this machine; run chmod o-w on it."
            )
        }
        return try EnvironmentFile(parsing: contents.bytes, path: path, warnings: warnings)
    }
}
