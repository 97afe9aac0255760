// SPDX-License-Identifier: Apache-2.0

/// Why one value can't be used.
///
/// It never holds the value itself, because only the caller knows whether to show it.
struct SettingFault: Error, Equatable {
    let reason: String
    /// Why one value can't be used.
    ///
    /// d although its key is no secret.
    var hidesValue = false
}
