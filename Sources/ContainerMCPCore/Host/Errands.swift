// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import Synchronization

/// What users were asked to open in the course of one call, so that the client can be told what is done (MCP 2025-11-25).
///
/// Shared by all passes of the call's handler.
final class Errands: Sendable, Equatable {
    private struct Errand {
        let id: String
        var isTold = false
    }

    private let errands = Mutex<[String: Errand]>([:])

    /// The question with the identifier under which its end is told, where it is one that has an end.
    func identified(_ question: InputQuestion) -> InputQuestion {
        guard case .elicitation(.url(let message, let url, let given)) = question.request else {
            return question
        }
        let id = errands.withLock { errands in
            let errand = errands[question.key] ?? Errand(id: given ?? Self.makeID())
            errands[question.key] = errand
            return errand.id
        }
        let request = InputRequest.elicitation(.url(message: message, url: url, elicitationID: id))
        return InputQuestion(key: question.key, request: request)
    }

    /// The identifier of an errand whose end is to be told; nil for one that is unknown or was told.
    func take(_ key: String) -> String? {
        errands.withLock { errands in
            guard let errand = errands[key], !errand.isTold else { return nil }
            errands[key]?.isTold = true
            return errand.id
        }
    }

    /// 128 random bits: a client may know it from other servers, too.
    private static func makeID() -> String {
        let (high, low) = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
        return "url-" + String(high, radix: 16) + "-" + String(low, radix: 16)
    }

    /// Rounds are compared for what they brought, which this is no part of.
    static func == (_: Errands, _: Errands) -> Bool { true }
}
