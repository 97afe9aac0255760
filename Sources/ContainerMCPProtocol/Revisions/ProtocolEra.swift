// SPDX-License-Identifier: Apache-2.0

/// The two ways in which MCP has kept state.
public enum ProtocolEra: Sendable, Hashable {
    /// State lives in a session that `initialize` opens.
    case legacy
    /// Every request is complete in itself.
    case modern
}
