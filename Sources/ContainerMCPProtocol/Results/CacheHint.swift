// SPDX-License-Identifier: Apache-2.0

/// How long a result may be kept, and for whom; 2026-07-28 only.
public struct CacheHint: Sendable, Equatable {
    /// Who may be given a kept result.
    public enum Scope: String, Sendable {
        /// Every caller gets the same content.
        case everyone = "public"
        /// The content belongs to this caller.
        case caller = "private"
    }

    /// How long the result may be kept, in milliseconds, at least 0.
    public let milliseconds: Int64
    /// For whom.
    public let scope: Scope

    /// Makes a hint; a negative time becomes 0.
    public init(milliseconds: Int64, scope: Scope) {
        self.milliseconds = max(milliseconds, 0)
        self.scope = scope
    }

    /// Nothing may be kept.
    public static let never = CacheHint(milliseconds: 0, scope: .caller)
}
