// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// Runs a handler to its end where the client can be asked while the call is open: in sessions before 2026-07-28, on the
/// command line, and in the background.
enum RoundTrips {
    /// Runs passes of a handler, and asks between them.
    ///
    /// - Parameters:
    ///   - ask: Asks the client; nil where nobody can be asked.
    ///   - relatedTask: The task that the questions belong to.
    ///   - start: What was answered before.
    ///   - pass: One pass of the handler.
    /// - Returns: The result, or an error of the protocol.
    /// - Throws: ``ToolError`` where the handler wants to ask too often, or the call is given up while it asks.
    static func run<Value: Sendable>(
        asking ask: RequestLink.Ask?,
        relatedTask: String? = nil,
        from start: CallRounds = CallRounds(),
        _ pass: @Sendable (CallRounds) async -> CallAnswer<Value>
    ) async throws(ToolError) -> Result<Value, JSONRPCError> {
        var rounds = start
        var asked = 0
        while true {
            let required: InputRequired
            switch await pass(rounds) {
            case .complete(let value): return .success(value)
            case .failure(let error): return .failure(error)
            case .inputRequired(let questions): required = questions
            }
            guard asked < CallRounds.limit else { throw CallRounds.tooMany }
            asked += 1
            try await put(required, to: ask, relatedTask, &rounds)
        }
    }

    /// Asks what a pass has to know, one question after the other, until one is not answered.
    private static func put(
        _ required: InputRequired,
        to ask: RequestLink.Ask?,
        _ relatedTask: String?,
        _ rounds: inout CallRounds
    ) async throws(ToolError) {
        rounds.state = required.state
        for question in required.requests {
            switch await ask?(question, relatedTask) ?? .failure(.unsupported) {
            case .success(let answer):
                rounds.answers[question.key] = CallRounds.Given(answer: answer, seal: nil)
            case .failure(.cancelled):
                throw refusal(.cancelled)
            case .failure(let failure):
                rounds.failures[question.key] = failure
                return
            }
        }
    }

    /// Words why the client was not asked or did not answer.
    static func refusal(_ failure: RequestLink.AskFailure) -> ToolError {
        switch failure {
        case .unsupported:
            ToolError(
                .denied,
                "The call has to ask the user, and this client can't be asked. Nothing was done. Use a client that declares "
                    + "the capability, or ask the user in your own words."
            )
        case .refused(let reason):
            ToolError(
                .denied,
                "The client refused to ask the user, so nothing was done.",
                cause: "the client's error: \(reason)"
            )
        case .timedOut:
            ToolError(
                .denied,
                "The user did not answer in time, so nothing was done. Call again to ask again."
            )
        case .cancelled:
            ToolError(.cancelled, "The call was given up while it waited for an answer.")
        }
    }
}
