// SPDX-License-Identifier: Apache-2.0

/// Why a policy file was not accepted; it stops the start.
public struct PolicyFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line of the mistake, from 1; nil where the file as a whole is at fault.
    public let line: Int?
    /// What is wrong, and what would be right.
    public let message: String

    /// The line and the message.
    public var description: String {
        line.map { "policy file, line \($0): \(message)" } ?? "policy file: \(message)"
    }
}
