// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// What one pass of a handler came to.
public enum CallAnswer<Value: Sendable>: Sendable {
    /// It is done.
    case complete(Value)
    /// The client has to answer first; then the handler runs again from the top.
    case inputRequired(InputRequired)
    /// It ends with an error of the protocol.
    case failure(JSONRPCError)
}

extension CallAnswer: Equatable where Value: Equatable {}
