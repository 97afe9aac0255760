// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux

/// A choice among the ways to confine signals where there is no pid namespace.
struct SignalWays: OptionSet, Sendable {
    let rawValue: Int

    /// Landlock's scope (ABI 6).
    static let landlockScope = SignalWays(rawValue: 1 << 0)
    /// The supervisor that answers.
    static let supervisor = SignalWays(rawValue: 1 << 1)
    /// The supervisor does without what Linux 5.19 brought for it.
    static let interruptible = SignalWays(rawValue: 1 << 2)
    /// The strongest that works.
    static let all: SignalWays = [.landlockScope, .supervisor]
    /// Neither: under root the user id of children is left, and for an ordinary user nothing.
    static let userID: SignalWays = []

    /// What the launcher is told not to use.
    var wireFlags: UInt32 {
        (contains(.landlockScope) ? 0 : CMCP_CONFIGURE_NO_SIGNAL_SCOPE.rawValue)
            | (contains(.supervisor) ? 0 : CMCP_CONFIGURE_NO_SIGNAL_ANSWERS.rawValue)
            | (contains(.interruptible) ? CMCP_CONFIGURE_INTERRUPTIBLE.rawValue : 0)
    }
}
