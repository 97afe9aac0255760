// SPDX-License-Identifier: Apache-2.0

/// What a transport has to do, in the order in which it was told.
public enum ChannelAction: Sendable, Equatable {
    /// Write a message; `about` names the request it belongs to, nil if it answers what was just received or
    /// belongs to none.
    case send(JSONValue, about: RequestToken?)
    /// Carry out a request and say `finished` with this token when it has ended, cancelled or not.
    case start(RequestToken, AdmittedRequest)
    /// Stop carrying out a request; nothing more will be written about it.
    case cancel(RequestToken)
    /// Hand on the client's answer to a question: a result as it came, or an error.
    ///
    /// Nothing more is said about the question.
    case answered(AskToken, Result<JSONValue, JSONRPCError>)
}
