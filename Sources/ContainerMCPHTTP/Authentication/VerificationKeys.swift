// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import JWTKit

/// The public keys of an authorization server, ready for use.
struct VerificationKeys: Sendable {
    /// One key for one way of signing.
    struct Key: Sendable {
        let id: [UInt8]?
        let algorithm: SignatureAlgorithm
        let verifier: any JWTAlgorithm

        /// Whether a signature is this key's.
        func verifies(_ signature: [UInt8], of text: ArraySlice<UInt8>) -> Bool {
            guard algorithm.signatureBytes.map({ $0 == signature.count }) ?? true else { return false }
            // What the library can't even read is no signature.
            return (try? verifier.verify(signature, signs: Array(text))) ?? false
        }
    }

    /// The most keys in a set.
    static let maximumKeys = 100
    /// How many keys are tried for a token that does not say which it is signed with.
    static let maximumTries = 8

    private let keys: [Key]

    /// Reads a key set (RFC 7517, section 5).
    ///
    /// Keys of other kinds and for other uses are skipped. Of a private key only the public part is used.
    ///
    /// - Throws: ``KeyFault`` where it is no key set, or nothing in it can be used.
    init(_ document: [UInt8]) async throws(KeyFault) {
        guard let value = try? JSONValue(parsing: document, maximumDepth: 16),
            let entries = value["keys"]?.arrayValue
        else { throw KeyFault("is no key set in JSON") }
        guard entries.count <= Self.maximumKeys else {
            throw KeyFault("holds more than \(Self.maximumKeys) keys")
        }
        var keys: [Key] = []
        for entry in entries {
            guard let entry = entry.objectValue else { continue }
            for algorithm in Self.algorithms(of: entry) {
                guard let verifier = await Self.verifier(entry, algorithm) else { continue }
                let id = entry["kid"]?.stringValue.map { Array($0.utf8) }
                keys.append(Key(id: id, algorithm: algorithm, verifier: verifier))
            }
        }
        guard !keys.isEmpty else { throw KeyFault("holds no key that could check a token") }
        self.keys = keys
    }

    /// The keys that a token may be signed with, those it names.
    func candidates(_ id: [UInt8]?, _ algorithm: SignatureAlgorithm) -> [Key] {
        let suitable = keys.filter { $0.algorithm == algorithm }
        guard let id else { return Array(suitable.prefix(Self.maximumTries)) }
        let named = suitable.filter { $0.id == id }
        return Array((named.isEmpty ? suitable.filter { $0.id == nil } : named).prefix(Self.maximumTries))
    }

    private static func algorithms(of entry: JSONObject) -> [SignatureAlgorithm] {
        if let use = entry["use"], use != "sig" { return [] }
        if let operations = entry["key_ops"], operations.arrayValue?.contains("verify") != true { return [] }
        let (type, curve) = (entry["kty"]?.stringValue, entry["crv"]?.stringValue)
        let possible = SignatureAlgorithm.allCases.filter { algorithm in
            let needed = algorithm.keyType
            return needed.type == type && (needed.curve == nil || needed.curve == curve)
        }
        guard let chosen = entry["alg"] else { return possible }
        return possible.filter { chosen == .string($0.rawValue) }
    }

    private static func verifier(
        _ entry: JSONObject,
        _ algorithm: SignatureAlgorithm
    ) async -> (any JWTAlgorithm)? {
        let name = JWKIdentifier(string: "key")
        let key: JWK
        switch algorithm {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512:
            // More than 8,192 bits would make every check slow.
            guard let modulus = number(entry["n"], 256...1_024), let exponent = number(entry["e"], 1...8)
            else {
                return nil
            }
            key = .rsa(algorithm.identifier, identifier: name, modulus: modulus, exponent: exponent)
        case .es256, .es384, .es512:
            let size = algorithm == .es256 ? 32 : algorithm == .es384 ? 48 : 66
            guard let x = number(entry["x"], size...size), let y = number(entry["y"], size...size) else {
                return nil
            }
            let curve: ECDSACurve = algorithm == .es256 ? .p256 : algorithm == .es384 ? .p384 : .p521
            key = .ecdsa(algorithm.identifier, identifier: name, x: x, y: y, curve: curve)
        case .edDSA:
            guard let x = number(entry["x"], 32...32) else { return nil }
            key = .octetKeyPair(algorithm.identifier, identifier: name, x: x, y: nil, curve: .ed25519)
        }
        // A key that the library refuses, such as a point off its curve, is skipped like a foreign one.
        return try? await JWTKeyCollection().add(jwk: key).getKey(for: name, alg: algorithm.rawValue)
    }

    /// The text of a number in a key, if it has so many bytes.
    private static func number(_ value: JSONValue?, _ bytes: ClosedRange<Int>) -> String? {
        guard let text = value?.stringValue, let decoded = Base64URL.decode(text.utf8),
            bytes.contains(decoded.count)
        else { return nil }
        return text
    }
}
