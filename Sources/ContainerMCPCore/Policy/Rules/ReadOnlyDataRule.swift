// SPDX-License-Identifier: Apache-2.0

/// Denies every change below `/data`, and every change of the workspace's own root.
struct ReadOnlyDataRule: PolicyRule {
    let id = "read-only-data"
    let origin = RuleOrigin.builtIn

    func verdict(on request: PolicyRequest) -> RuleVerdict {
        guard let path = request.demand.path else { return .abstains }
        switch request.demand.effect {
        case .write, .delete:
            if path.root == .data {
                return .denies("/data is read-only. Write below the workspace instead.")
            }
            if path.components.isEmpty {
                return .denies("The workspace's root itself can't be changed. Name a file or folder in it.")
            }
            return .abstains
        case .read, .run, .fetch, .other:
            return .abstains
        }
    }
}
