// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import Glibc

/// Checks tokens of an authorization server.
///
/// That is done on the thread that reads the request; only a token whose key is not known yet waits.
struct AccessTokenCheck: Sendable {
    private let rules: AccessTokenRules
    private let keys: KeyCache
    private let now: @Sendable () -> Double

    /// Makes the check.
    ///
    /// - Parameters:
    ///   - rules: What tokens must say.
    ///   - keys: What they must be signed with.
    ///   - now: Seconds since 1970.
    init(
        rules: AccessTokenRules,
        keys: KeyCache,
        now: @escaping @Sendable () -> Double = AccessTokenCheck.time
    ) {
        self.rules = rules
        self.keys = keys
        self.now = now
    }

    /// What a token proves.
    func check(_ text: String) -> TokenVerdict {
        do throws(TokenFault) {
            let token = try AccessToken(text)
            // Before anything is fetched: what is for others anyway costs nothing.
            try rules.checkParties(token.claims)
            if let keys = keys.current(), let subject = try subject(token, keys) { return .accepted(subject) }
            try rules.checkTimes(token.claims, now: now())
            return wait(for: token)
        } catch {
            return .refused(error)
        }
    }

    private func wait(for token: AccessToken) -> TokenVerdict {
        switch keys.refresh() {
        case .tooSoon(let failed):
            return .refused(failed || keys.current() == nil ? .unavailable : .key)
        case .underway(let refresh):
            return .waits {
                let isFresh = await refresh()
                do throws(TokenFault) {
                    guard isFresh, let keys = keys.current() else { throw .unavailable }
                    guard let subject = try subject(token, keys) else { throw .key }
                    return .accepted(subject)
                } catch {
                    return .refused(error)
                }
            }
        }
    }

    /// For whom a token is.
    ///
    /// - Returns: Nil if its key is not among the keys.
    private func subject(_ token: AccessToken, _ keys: VerificationKeys) throws(TokenFault) -> Subject? {
        let candidates = keys.candidates(token.keyID, token.algorithm)
        guard candidates.contains(where: { $0.verifies(token.signature, of: token.signed) }) else {
            // A token that does not name its key may be signed with a new one.
            guard token.keyID == nil || candidates.isEmpty else { throw .signature }
            return nil
        }
        try rules.checkTimes(token.claims, now: now())
        return try rules.subject(token.claims)
    }

    /// The time of day.
    static let time: @Sendable () -> Double = {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec)
    }
}
