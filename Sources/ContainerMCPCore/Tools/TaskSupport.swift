// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// Whether a call of a tool may go on in the background after its request (MCP tasks), and when it leaves.
public enum TaskSupport: Sendable, Equatable {
    /// When a call goes into the background, where the client can follow it there.
    public enum Leave: Sendable, Equatable {
        /// Before the handler runs; it asks its questions in the background.
        case atOnce
        /// When it takes longer than this, counted from its arrival.
        case after(Duration)
        /// When the handler says ``CallContext/detach()``.
        case onDetach
    }

    /// The call ends with its request.
    case never
    /// The call may go into the background, and runs to its end within the request for a client that knows no tasks.
    case optional(Leave)
    /// The call always goes into the background, and is refused to a client that knows no tasks.
    case required(Leave)

    /// When a call leaves; nil if it never does.
    public var leave: Leave? {
        switch self {
        case .never: nil
        case .optional(let leave), .required(let leave): leave
        }
    }

    /// Whether the call is refused to a client that knows no tasks.
    public var isRequired: Bool {
        if case .required = self { true } else { false }
    }

    /// As lists of tools show it.
    var declared: ToolTaskSupport {
        switch self {
        case .never: .never
        case .optional: .optional
        case .required: .required
        }
    }
}
