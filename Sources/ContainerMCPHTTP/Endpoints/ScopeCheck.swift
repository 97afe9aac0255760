// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// Holds each request to the scopes of its own token, whatever the session was opened with.
struct ScopeCheck: Sendable {
    /// What a tool may do; nil where there is none of the name.
    let effects: @Sendable (_ tool: String) -> ToolEffects?
    /// The answer where scopes are missing.
    let refusal: @Sendable (_ needed: [Scope], _ subject: Subject, _ id: RequestID?) -> HTTPReply?

    /// What keeps a message from being served; nil if nothing does.
    func fault(in input: JSONRPCInput, for subject: Subject) -> HTTPReply? {
        // Without scopes there is nothing to hold anything to.
        guard subject.scopes != nil else { return nil }
        var needed: Set<Scope> = []
        var id: RequestID?
        switch input {
        case .single(let message):
            if case .request(let request) = message {
                id = request.id
                needed = self.needed(for: request)
            }
        case .batch(let elements):
            for element in elements {
                guard case .request(let request) = JSONRPCMessage(element) else { continue }
                needed.formUnion(self.needed(for: request))
            }
        }
        guard !needed.isEmpty else { return nil }
        return refusal(Scope.allCases.filter(needed.contains), subject, id)
    }

    /// What keeps a token from speaking in a session: it must be good for all that the session was used for so far.
    ///
    /// A token that is good for more widens the session.
    func fault(in session: HTTPSession, for subject: Subject, id: RequestID?) async -> HTTPReply? {
        guard subject.scopes != nil else { return nil }
        let missing = await session.server.adopt(subject)
        return missing.isEmpty ? nil : refusal(missing, subject, id)
    }

    private func needed(for request: JSONRPCRequest) -> Set<Scope> {
        switch MethodName(rawValue: request.method) {
        case .callTool:
            // An unknown tool is refused as such.
            guard let effects = request.params?["name"]?.stringValue.flatMap(effects) else { return [] }
            return Set(ScopeNeed.of(effects))
        case .readResource, .subscribeResource: return [.read]
        case .getTask, .taskResult, .listTasks, .cancelTask, .updateTask: return [.exec]
        default: return []
        }
    }
}
