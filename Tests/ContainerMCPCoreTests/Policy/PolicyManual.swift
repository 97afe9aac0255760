// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The examples of `docs/policy.md`.
enum PolicyManual {
    /// The YAML blocks, in order.
    static func examples() throws -> [String] {
        guard let stream = try unsafe fopen(Snapshot.folder() + "/docs/policy.md", "r") else { return [] }
        defer { unsafe fclose(stream) }
        var bytes: [UInt8] = []
        while true {
            let byte = unsafe fgetc(stream)
            guard byte != EOF else { break }
            bytes.append(UInt8(truncatingIfNeeded: byte))
        }
        var examples: [String] = []
        var current: [Substring]?
        let text = String(decoding: bytes, as: UTF8.self)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```yaml" {
                current = []
            } else if line == "```", let lines = current {
                examples.append(lines.joined(separator: "\n"))
                current = nil
            } else {
                current?.append(line)
            }
        }
        return examples
    }
}
