// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// What came back from a tool call.
struct Reply: Sendable {
    let isError: Bool
    let fields: JSONValue
    /// Everything a client gets to see, in one text.
    let everything: String

    init(_ result: ToolResult) {
        isError = result.isError
        fields = result.structuredContent ?? .null
        everything = fields.encodedString() + "\n" + result.content.map { "\($0)" }.joined(separator: "\n")
    }

    func text(_ key: String) -> String { fields[key]?.stringValue ?? "" }
    func number(_ key: String) -> Int? { fields[key]?.intValue }
    func flag(_ key: String) -> Bool { fields[key]?.boolValue ?? false }

    /// Standard output of a command or of Python.
    var output: String { text("stdout") + text("output") }
    /// Standard error of a command, or what Python calls `error`.
    var trouble: String { text("stderr") + text("error") }
    var exitCode: Int? { number("exit_code") }
    /// Whether the call was refused or failed.
    var failed: Bool { isError || !flag("success") }
}
