// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore

/// Which scopes an operation needs, by the same rules that the policy goes by.
enum ScopeNeed {
    /// The scopes that a tool with some effects needs, in a fixed order.
    ///
    /// Running programs is one permission, whatever the programs do inside the sandbox.
    static func of(_ effects: ToolEffects) -> [Scope] {
        var needed: Set<Scope> = []
        if effects.contains(.runsPrograms) {
            needed.insert(.exec)
        } else if !effects.isDisjoint(with: [.writesFiles, .destroys]) {
            needed.insert(.files)
        } else if effects.contains(.readsFiles) {
            needed.insert(.read)
        }
        if effects.contains(.reachesNetwork) { needed.insert(.web) }
        return Scope.allCases.filter(needed.contains)
    }

    /// Whether a subject's scopes cover all that is needed; changing files includes reading them.
    static func isMet(_ needed: [Scope], by scopes: Set<Scope>) -> Bool {
        needed.allSatisfy { scopes.contains($0) || $0 == .read && scopes.contains(.files) }
    }
}
