// SPDX-License-Identifier: Apache-2.0

/// The names of extensions of the protocol.
public enum ExtensionName {
    /// Calls that outlive their request, from 2026-07-28 on.
    public static let tasks = "io.modelcontextprotocol/tasks"
}
