// SPDX-License-Identifier: Apache-2.0

/// What a whole number of a setting counts.
public enum SettingUnit: String, Sendable, Equatable {
    /// Things, or nothing in particular.
    case count = ""
    /// Seconds.
    case seconds
    /// Minutes.
    case minutes
    /// Units of 1,024 bytes.
    case kilobytes = "KB"
    /// Units of 1,048,576 bytes.
    case megabytes = "MB"
}
