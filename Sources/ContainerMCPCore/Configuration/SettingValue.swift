// SPDX-License-Identifier: Apache-2.0

/// A value that passed the rules of its key.
enum SettingValue: Equatable {
    case boolean(Bool)
    case integer(Int)
    case text(String)
    case list([String])

    /// The value as one would write it; parsing it again gives the same value.
    var text: String {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .text(let value): value
        case .list(let words): words.joined(separator: ",")
        }
    }
}
