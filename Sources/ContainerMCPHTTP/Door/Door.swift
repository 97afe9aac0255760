// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore

/// The checks that every request passes before anything looks at what it wants: host, origin, token.
struct Door: Sendable {
    /// What the checks say.
    enum Verdict: Sendable {
        case refused(HTTPReply, reason: String)
        /// - Parameter subject: Who was authenticated; nil where the request needs no token and has none.
        case passed(subject: Subject?)
    }

    private let hosts: HostRule
    private let origins: OriginRule
    private let token: SecretText?
    private let attempts: FailedAttempts

    /// Makes the checks that the settings ask for.
    init(_ settings: Settings, attempts: FailedAttempts) {
        hosts = HostRule(settings)
        origins = OriginRule(settings.server)
        token = settings.authentication.token
        self.attempts = attempts
    }

    /// The fields that let the page of an allowed origin read the answer.
    func crossOriginFields(_ head: RequestHead) -> [HeaderFields.Field] {
        origins.answerFields(head.fields)
    }

    /// Checks a request.
    ///
    /// - Parameters:
    ///   - head: What is known of it.
    ///   - peer: Where it comes from.
    ///   - isOpen: Whether it is served without a token too.
    /// - Returns: What they say, the first that refuses.
    func check(_ head: RequestHead, from peer: Peer, isOpen: Bool) -> Verdict {
        if let fault = hosts.fault(head.fields) {
            return .refused(.text(fault.status, fault.reason), reason: fault.reason)
        }
        guard origins.allows(head.fields) else {
            let reason = "the origin is not allowed"
            return .refused(.text(403, reason), reason: reason)
        }
        if origins.isPreflight(head) { return .refused(origins.preflightReply(head.fields), reason: "") }
        guard let token else { return .passed(subject: .anonymous) }
        return check(token, head.fields, peer, isOpen: isOpen)
    }

    private func check(_ token: SecretText, _ fields: HeaderFields, _ peer: Peer, isOpen: Bool) -> Verdict {
        let lines = fields.values("authorization")
        if isOpen, lines.isEmpty { return .passed(subject: nil) }
        guard attempts.mayTry(peer.address) else {
            let reply = HTTPReply.text(429, "too many failed attempts", fields: [("retry-after", "60")])
            return .refused(reply, reason: "too many failed attempts to authenticate")
        }
        if lines.count == 1, let sent = Self.bearer(lines[0]), token.matches(sent) {
            return .passed(subject: Subject(id: "token", isAuthenticated: true))
        }
        attempts.failed(peer.address)
        let challenge = lines.isEmpty ? "Bearer" : "Bearer error=\"invalid_token\""
        let reply = HTTPReply.text(401, "a valid token is needed", fields: [("www-authenticate", challenge)])
        return .refused(reply, reason: lines.isEmpty ? "no token" : "wrong token")
    }

    /// The token of an `Authorization` field of the scheme `Bearer` (RFC 6750, section 2.1).
    private static func bearer(_ value: String) -> String? {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return ASCIIText.trimmed(parts[1])
    }
}
