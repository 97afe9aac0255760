// SPDX-License-Identifier: Apache-2.0

/// Why a token does not open.
///
/// The words go to the audit log; nothing of the token is in them.
enum TokenFault: String, Error, Sendable {
    case unknown = "wrong token"
    case malformed = "the token is malformed"
    case type = "the token is of another type"
    case algorithm = "the token is signed in a way that is not accepted"
    case key = "the token is signed with an unknown key"
    case signature = "the signature of the token is wrong"
    case issuer = "the token is of another issuer"
    case audience = "the token is for another audience"
    case subject = "the token names no subject"
    case expired = "the token has expired"
    case early = "the token is not valid yet"
    case unavailable = "the keys of the authorization server can't be fetched"

    /// Whether it looks like trying: not with a token that was good once, nor where nobody could tell.
    var isAttempt: Bool {
        switch self {
        case .expired, .early, .unavailable: false
        default: true
        }
    }
}
