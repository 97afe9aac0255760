// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// The questions to the client of one channel, each with whoever waits for its answer.
struct OpenAsks {
    typealias Answer = Result<JSONValue, RequestLink.AskFailure>

    private enum State {
        /// It is being written.
        case open
        case waiting(CheckedContinuation<Answer, Never>)
        /// The answer came before anyone waited for it.
        case answered(Answer)
    }

    private var states: [AskToken: State] = [:]

    /// The questions whose answers were not fetched yet.
    var tokens: [AskToken] { Array(states.keys) }

    func isOpen(_ ask: AskToken) -> Bool {
        states[ask] != nil
    }

    mutating func open(_ ask: AskToken) {
        states[ask] = .open
    }

    /// Gives the answer to the continuation, now or when it comes.
    mutating func wait(for ask: AskToken, _ continuation: CheckedContinuation<Answer, Never>) {
        switch states[ask] {
        case .open where !Task.isCancelled:
            states[ask] = .waiting(continuation)
        case .answered(let answer):
            states[ask] = nil
            continuation.resume(returning: answer)
        default:
            states[ask] = nil
            continuation.resume(returning: .failure(.cancelled))
        }
    }

    /// Takes an answer; the first one counts.
    mutating func resolve(_ ask: AskToken, _ answer: Answer) {
        switch states[ask] {
        case .open: states[ask] = .answered(answer)
        case .waiting(let continuation):
            states[ask] = nil
            continuation.resume(returning: answer)
        case .answered, nil: break
        }
    }
}
