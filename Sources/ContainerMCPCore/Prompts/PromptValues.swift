// SPDX-License-Identifier: Apache-2.0

/// The arguments of one prompt, read with the bounds that hold for all prompts.
struct PromptValues {
    /// The longest argument: 32 KiB.
    static let maximumBytes = 32_768

    let arguments: [String: String]

    /// A text that has to be there.
    func required(_ name: String) throws(ToolError) -> String {
        guard let value = try optional(name) else {
            throw ToolError(.invalidArgument, "The argument '\(name)' is missing or empty.")
        }
        return value
    }

    /// A text that may be left out; empty counts as left out.
    func optional(_ name: String) throws(ToolError) -> String? {
        guard let value = arguments[name], value.contains(where: { !$0.isWhitespace }) else { return nil }
        guard value.utf8.count <= Self.maximumBytes else {
            throw ToolError(
                .invalidArgument,
                "The argument '\(name)' is longer than \(Self.maximumBytes) bytes."
            )
        }
        return value
    }

    /// A path that has to be there.
    func requiredPath(_ name: String) throws(ToolError) -> SandboxPath {
        try SandboxPath(parsing: required(name))
    }

    /// A path that may be left out.
    func optionalPath(_ name: String) throws(ToolError) -> SandboxPath? {
        guard let text = try optional(name) else { return nil }
        return try SandboxPath(parsing: text)
    }

    /// A path that has a default.
    func optionalPath(_ name: String, default fallback: String) throws(ToolError) -> SandboxPath {
        try SandboxPath(parsing: optional(name) ?? fallback)
    }
}
