// SPDX-License-Identifier: Apache-2.0

/// How grave a log message is; the eight levels of RFC 5424.
public enum LogLevel: String, Sendable, Hashable, CaseIterable {
    /// Details for finding faults.
    case debug
    /// Ordinary events.
    case info
    /// Ordinary but notable events.
    case notice
    /// Something that may become a failure.
    case warning
    /// A failure.
    case error
    /// A failure of a part.
    case critical
    /// Something that needs action at once.
    case alert
    /// Nothing works.
    case emergency

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension LogLevel: Comparable {
    /// Whether a level is less grave than another.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rank < right.rank
    }
}
