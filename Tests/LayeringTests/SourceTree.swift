// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// The source files of this package, as they are on disk now.
enum SourceTree {
    struct File: CustomTestStringConvertible {
        /// The path below the package, such as `Sources/ContainerMCPCore/Tools/ToolName.swift`.
        let path: String
        let text: String

        /// The name of the target, for a file below `Sources`.
        var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

        /// The path below `Sources` or `Tests`.
        var pathBelow: String { path.split(separator: "/").dropFirst().joined(separator: "/") }

        var testDescription: String { path }
    }

    /// The folder that holds `Package.swift`: two above this file's own, unless `CMCP_PACKAGE_DIR` names another.
    static let root: String =
        ProcessInfo.processInfo.environment["CMCP_PACKAGE_DIR"]
        ?? #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(
            separator: "/"
        )

    /// The files below a folder of the package whose names end in one of the given ways, sorted by path.
    static func files(below folder: String, endings: [String]) throws -> [File] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)")
            .filter { name in endings.contains { name.hasSuffix($0) } && !name.contains("/.") }
            .sorted()
            .map { name in
                let path = "\(folder)/\(name)"
                return File(path: path, text: try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8))
            }
    }

    static func swiftSources() throws -> [File] {
        try files(below: "Sources", endings: [".swift"])
    }

    /// The names of the folders directly below `Sources`.
    static func targets() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/Sources").filter { !$0.hasPrefix(".") }
    }
}
