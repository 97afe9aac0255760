// SPDX-License-Identifier: Apache-2.0

/// What an operator can do about something that is not as good as it could be.
public struct Advice: Sendable, Equatable {
    /// What the command does, or why there is none.
    public let reason: String
    /// One command for a shell on this machine, or on the one outside of which the reason speaks; nil where nothing
    /// helps here.
    public let command: String?

    /// Advice with a command.
    static func run(_ command: String, _ reason: String) -> Advice {
        Advice(reason: reason, command: command)
    }

    /// There is nothing to do here.
    static func noneHere(_ reason: String) -> Advice {
        Advice(reason: reason, command: nil)
    }

    /// The advice on one line: `reason: command`, or `none here: reason`.
    public var text: String {
        command.map { "\(reason): \($0)" } ?? "none here: \(reason)"
    }
}
