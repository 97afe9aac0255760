// SPDX-License-Identifier: Apache-2.0

import Crypto

/// Tokens in the form in which they are compared: as digests, so that neither their length nor the place where
/// two differ can be told from the time it takes.
package struct BearerTokenList: Sendable {
    private let entries: [(digest: SHA256.Digest, subject: String)]

    /// Makes a list.
    package init(_ tokens: [BearerToken]) {
        entries = tokens.map { token in
            (SHA256.hash(data: Array(token.secret.revealed.utf8)), token.subject)
        }
    }

    /// For whom a token from outside stands; every entry is compared, whichever matches.
    package func subject(of candidate: String) -> String? {
        let digest = SHA256.hash(data: Array(candidate.utf8))
        var found: String?
        for entry in entries where entry.digest == digest { found = entry.subject }
        return found
    }
}
