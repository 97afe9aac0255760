// SPDX-License-Identifier: Apache-2.0

/// Whether calls of a tool can be carried out as tasks.
public enum ToolTaskSupport: Sendable, Hashable {
    /// Never.
    case never
    /// If the client can deal with tasks.
    case optional
    /// Only as tasks.
    case required

    /// The name in `execution.taskSupport` of 2025-11-25.
    var name: String {
        switch self {
        case .never: "forbidden"
        case .optional: "optional"
        case .required: "required"
        }
    }
}
