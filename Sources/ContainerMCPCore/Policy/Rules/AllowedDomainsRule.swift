// SPDX-License-Identifier: Apache-2.0

/// `WEB_ALLOWED_DOMAINS`: grants hosts that are listed and denies others.
struct AllowedDomainsRule: PolicyRule {
    private let patterns: [DomainPattern]

    let id = "allowed-domains"
    let origin = RuleOrigin.setting("WEB_ALLOWED_DOMAINS")

    init(domains: [String]) {
        patterns = domains.map(DomainPattern.init)
    }

    func verdict(on request: PolicyRequest) -> RuleVerdict {
        guard case .fetch(let host) = request.demand else { return .abstains }
        guard patterns.contains(where: { $0.matches(host) }) else {
            return .denies("'\(ShownText(host))' is not in WEB_ALLOWED_DOMAINS. Ask the operator to add it.")
        }
        return .grants("the host is listed")
    }
}
