// SPDX-License-Identifier: Apache-2.0

/// Where the value of a setting came from.
public enum SettingOrigin: String, Sendable, Equatable, CaseIterable {
    /// A command-line flag.
    case flag
    /// A variable of the process environment.
    case environment
    /// The environment file.
    case file
    /// Nobody set it; the documented default holds.
    case `default`
    /// Test mode replaced it by a throw-away folder.
    case testMode = "test-mode"
}
