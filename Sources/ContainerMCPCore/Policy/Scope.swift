// SPDX-License-Identifier: Apache-2.0

/// What a token can be good for.
public enum Scope: String, Sendable, Hashable, CaseIterable {
    /// Reading files and settings.
    case read
    /// Changing files; reading them is part of it.
    case files
    /// Running commands and Python code.
    case exec
    /// Searching, reading and browsing the web.
    case web
}
