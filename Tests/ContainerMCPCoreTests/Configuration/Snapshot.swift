// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import ContainerMCPCore

/// Compares text with a file of the repository.
///
/// `CMCP_RECORD=1` writes the file and fails, so that it can't pass unseen. `CMCP_PACKAGE_DIR` names the repository where
/// it does not lie where the tests were built.
enum Snapshot {
    static func expect(_ text: String, at path: String, source: String = #filePath) throws {
        let file = try "\(folder(of: source))/\(path)"
        if unsafe getenv("CMCP_RECORD") != nil {
            let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            let bytes = Array(text.utf8)
            let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            #expect(count == bytes.count)
            Issue.record("Recorded \(path); run again without CMCP_RECORD.")
            return
        }
        let committed = String(decoding: try HostFile.read(file, atMost: 1 << 24).bytes, as: UTF8.self)
        #expect(committed == text, "\(path) is out of date; run the tests with CMCP_RECORD=1.")
    }

    /// The folder of the repository.
    static func folder(of source: String = #filePath) throws -> String {
        if let named = unsafe getenv("CMCP_PACKAGE_DIR") { return unsafe String(cString: named) }
        let components = source.split(separator: "/")
        let tests = try #require(components.lastIndex(of: "Tests"))
        return "/" + components[..<tests].joined(separator: "/")
    }
}
