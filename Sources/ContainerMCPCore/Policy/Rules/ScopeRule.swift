// SPDX-License-Identifier: Apache-2.0

/// Denies what a subject's token is not good for.
struct ScopeRule: PolicyRule {
    let id = "scopes"
    let origin = RuleOrigin.builtIn

    func verdict(on request: PolicyRequest) -> RuleVerdict {
        guard let scopes = request.subject.scopes else { return .abstains }
        let needed: [Scope]
        switch request.demand.effect {
        case .read: needed = [.read, .files]
        case .write, .delete: needed = [.files]
        case .run: needed = [.exec]
        case .fetch: needed = [.web]
        case .other: return .abstains
        }
        guard needed.contains(where: scopes.contains) else {
            let name = needed[0].rawValue
            return .denies(
                "To \(request.demand.summary) needs the scope '\(name)', which your token lacks. Ask for a new token."
            )
        }
        return .abstains
    }
}
