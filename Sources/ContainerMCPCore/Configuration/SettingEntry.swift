// SPDX-License-Identifier: Apache-2.0

/// What became of one key: the effective value as one would write it, masked if secret, and its origin.
struct SettingEntry: Sendable, Equatable {
    var text: String?
    var origin: SettingOrigin
}
