// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// The checks that every request passes before anything looks at what it wants: host, origin, token.
struct Door: Sendable {
    /// What the checks say.
    enum Verdict: Sendable {
        /// - Parameter reason: For the audit log; empty where nothing was refused.
        case refused(HTTPReply, reason: String)
        /// - Parameter subject: Who was authenticated; nil where the request needs no token and has none.
        case passed(subject: Subject?)
        /// It can be told only once keys have been fetched, in ten seconds at most; never says the same again.
        case later(@Sendable () async -> Verdict)
    }

    /// The largest body that is taken in while a request waits, in bytes: nobody has proven anything yet.
    static let waitingBodyLimit = 64 << 10

    private let hosts: HostRule
    private let origins: OriginRule
    private let clients: ClientAddress
    private let authentication: Authentication
    private let attempts: FailedAttempts
    private let metrics: ServerMetrics

    /// Makes the checks that the settings ask for.
    init(
        _ settings: Settings,
        authentication: Authentication,
        attempts: FailedAttempts,
        metrics: ServerMetrics = .disabled
    ) {
        hosts = HostRule(settings)
        origins = OriginRule(settings.server)
        clients = ClientAddress(settings.server)
        self.authentication = authentication
        self.attempts = attempts
        self.metrics = metrics
    }

    /// The fields that let the page of an allowed origin read the answer.
    func crossOriginFields(_ head: RequestHead) -> [HeaderFields.Field] {
        origins.answerFields(head.fields)
    }

    /// Whose request it is: the peer's, or where that is a proxy of ours, its client's.
    func client(of head: RequestHead, over peer: Peer) -> Peer {
        clients.client(of: head, over: peer)
    }

    /// Checks a request.
    ///
    /// - Parameters:
    ///   - head: What is known of it.
    ///   - peer: Whose it is; see ``client(of:over:)``.
    ///   - isOpen: Whether it is served without a token too.
    /// - Returns: What they say, the first that refuses. The document that tells clients where tokens are to
    ///   be had is answered here too, since it stands before the door.
    func check(_ head: RequestHead, from peer: Peer, isOpen: Bool) -> Verdict {
        if let fault = hosts.fault(head.fields) {
            metrics.requestRefused(.host)
            return .refused(.text(fault.status, fault.reason), reason: fault.reason)
        }
        guard origins.allows(head.fields) else {
            let reason = "the origin is not allowed"
            metrics.requestRefused(.origin)
            return .refused(.text(403, reason), reason: reason)
        }
        if origins.isPreflight(head) { return .refused(origins.preflightReply(head.fields), reason: "") }
        guard let way = authentication.way else { return .passed(subject: .anonymous) }
        if let reply = authentication.metadata?.reply(to: head) { return .refused(reply, reason: "") }
        let credentials = Credentials(head)
        if isOpen, credentials == .none { return .passed(subject: nil) }
        return check(credentials, way, peer)
    }

    private func check(_ credentials: Credentials, _ way: Authentication.Way, _ peer: Peer) -> Verdict {
        guard attempts.mayTry(peer.address) else {
            metrics.authenticationFailed(.throttled)
            return .refused(
                .text(429, "too many failed attempts", fields: [("retry-after", "60")]),
                reason: "too many failed attempts to authenticate"
            )
        }
        switch (credentials, way) {
        case (.none, .oauth):
            // That is how clients learn where to get a token.
            metrics.authenticationFailed(.missing)
            return .refused(authentication.challenge.noToken, reason: "no token")
        case (.none, .tokens), (.inQuery, _):
            attempts.failed(peer.address)
            metrics.authenticationFailed(credentials == .none ? .missing : .malformed)
            let reason = credentials == .none ? "no token" : "a token in the query"
            return .refused(authentication.challenge.noToken, reason: reason)
        case (.malformed, _):
            metrics.authenticationFailed(.malformed)
            return .refused(authentication.challenge.invalidRequest, reason: "malformed credentials")
        case (.bearer(let token), .tokens(let tokens)):
            return verdict(tokens.check(token), peer)
        case (.bearer(let token), .oauth(let check)):
            return verdict(check.check(token), peer)
        }
    }

    private func verdict(_ verdict: TokenVerdict, _ peer: Peer) -> Verdict {
        switch verdict {
        case .accepted(let subject):
            return .passed(subject: subject)
        case .refused(.unavailable):
            metrics.authenticationFailed(.unavailable)
            return unavailable
        case .refused(let fault):
            if fault.isAttempt { attempts.failed(peer.address) }
            metrics.authenticationFailed(fault == .expired || fault == .early ? .expired : .invalid)
            return .refused(authentication.challenge.invalidToken, reason: fault.rawValue)
        case .waits(let verdict):
            return .later {
                let verdict = await verdict()
                if case .waits = verdict { return unavailable }
                return self.verdict(verdict, peer)
            }
        }
    }

    /// A 401 would send the client to an authorization server that can't be reached.
    private var unavailable: Verdict {
        .refused(Self.unavailable, reason: TokenFault.unavailable.rawValue)
    }

    /// The answer while keys are missing.
    static let unavailable = HTTPReply.text(
        503,
        "tokens can't be checked now",
        fields: [("retry-after", "5")]
    )

    /// The answer to a request whose token does not go so far.
    ///
    /// - Parameters:
    ///   - needed: All scopes that the operation needs; see ``ScopeNeed``.
    ///   - subject: Who was authenticated.
    ///   - id: The request, for the answer.
    /// - Returns: Nil if it may go on.
    func scopeFault(_ needed: [Scope], for subject: Subject, id: RequestID?) -> HTTPReply? {
        guard let scopes = subject.scopes, !ScopeNeed.isMet(needed, by: scopes) else { return nil }
        metrics.authenticationFailed(.insufficientScope)
        // A client asks for exactly these, and must not lose with them what it has.
        let wanted = scopes.union(needed)
        return authentication.challenge.insufficientScope(Scope.allCases.filter(wanted.contains), id: id)
    }
}
