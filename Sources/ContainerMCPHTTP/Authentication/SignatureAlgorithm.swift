// SPDX-License-Identifier: Apache-2.0

import JWTKit

/// The ways of signing that are accepted (RFC 7518, section 3.1; RFC 8037).
///
/// `none` and everything with a shared secret are not among them: with a shared secret the public key itself
/// could be taken for it.
enum SignatureAlgorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    /// The name that the library has for it.
    var identifier: JWK.Algorithm? { JWK.Algorithm(rawValue: rawValue) }

    /// The kind of key it needs, and the curve where there is one.
    var keyType: (type: String, curve: String?) {
        switch self {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: ("RSA", nil)
        case .es256: ("EC", "P-256")
        case .es384: ("EC", "P-384")
        case .es512: ("EC", "P-521")
        case .edDSA: ("OKP", "Ed25519")
        }
    }

    /// How long a signature is, in bytes; nil where that depends on the key.
    var signatureBytes: Int? {
        switch self {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: nil
        case .es256, .edDSA: 64
        case .es384: 96
        case .es512: 132
        }
    }
}
