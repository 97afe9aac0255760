// SPDX-License-Identifier: Apache-2.0

/// How strongly children are confined, from the strongest to none.
public enum SandboxLevel: String, Sendable, CaseIterable, Comparable {
    /// No confinement. Only for an operator who asked for it by name.
    case none
    /// Landlock, system call filter and limits, where the kernel refuses user namespaces.
    case filtered
    /// Namespaces without a /proc, where mounting one is refused.
    case noproc
    /// Namespaces, /proc of the call's own, Landlock, filter, limits.
    case full

    /// Orders levels by strength.
    public static func < (lhs: SandboxLevel, rhs: SandboxLevel) -> Bool {
        lhs.strength < rhs.strength
    }

    private var strength: Int {
        switch self {
        case .none: 0
        case .filtered: 1
        case .noproc: 2
        case .full: 3
        }
    }

    /// The number of the level on the launcher's wire.
    var wireValue: UInt32 {
        switch self {
        case .none: 4
        case .full: 1
        case .noproc: 2
        case .filtered: 3
        }
    }
}

extension SandboxLevel {
    /// Whether children see a root of their own instead of the host's paths.
    public var hasOwnRoot: Bool { self == .full || self == .noproc }
}
