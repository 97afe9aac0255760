// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// What the rounds of questions before this one brought.
///
/// A handler that asked runs again from the top; what was answered is here, whichever way it came.
struct CallRounds: Sendable, Equatable {
    /// One answer.
    struct Given: Sendable, Equatable {
        /// The answer as it came, not yet checked against its question.
        var answer: JSONValue
        /// Names the seal under which it was asked, so that an approval is used once; nil where the answer came
        /// over the very call.
        var seal: String?
        /// It came without having been asked for, so it says nothing about what a user agreed to.
        var isVolunteered = false
    }

    /// The answers by the keys of their questions.
    var answers: [String: Given] = [:]
    /// Why there is no answer, by the keys of the questions that the client did not answer.
    ///
    /// The handler runs once more to end in its own way, which is written down.
    var failures: [String: RequestLink.AskFailure] = [:]
    /// What the handler wanted to find again.
    var state: JSONValue?
    /// What the user was asked to open.
    let errands = Errands()

    /// How often a handler may ask before it is given up.
    static let limit = 8

    /// Why a handler is given up that asks once more.
    static let tooMany = ToolError(
        .limitExceeded,
        "The call asked \(limit) times and wants to ask again, so it was given up.",
        cause: "a handler that never stops asking"
    )
}
