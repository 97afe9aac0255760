// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Crypto
import CryptoExtras
import FoundationEssentials
import JWTKit

/// A key of the test's own authorization server: signs whatever it is told to.
struct SigningKey: Sendable {
    let id: String
    let algorithm: String
    /// The public part as it stands in a key set.
    let publicKey: JSONObject
    private let signer: any JWTAlgorithm

    private init(_ id: String, _ algorithm: String, _ publicKey: JSONObject, _ signer: any JWTAlgorithm) {
        self.id = id
        self.algorithm = algorithm
        var object: JSONObject = ["kid": .string(id), "alg": .string(algorithm), "use": "sig"]
        for member in publicKey { object[member.key] = member.value }
        self.publicKey = object
        self.signer = signer
    }

    /// Takes long to make, so all tests share it.
    private static let rsa = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    static func make(_ algorithm: String, id: String = "key-1") async throws -> SigningKey {
        let name = JWKIdentifier(string: id)
        let keys = JWTKeyCollection()
        let publicKey: JSONObject
        switch algorithm {
        case "ES256":
            let key = P256.Signing.PrivateKey()
            publicKey = curve("P-256", key.publicKey.rawRepresentation)
            await keys.add(ecdsa: try ES256PrivateKey(backing: key), kid: name)
        case "ES384":
            let key = P384.Signing.PrivateKey()
            publicKey = curve("P-384", key.publicKey.rawRepresentation)
            await keys.add(ecdsa: try ES384PrivateKey(backing: key), kid: name)
        case "ES512":
            let key = P521.Signing.PrivateKey()
            publicKey = curve("P-521", key.publicKey.rawRepresentation)
            await keys.add(ecdsa: try ES512PrivateKey(backing: key), kid: name)
        case "EdDSA":
            let key = Curve25519.Signing.PrivateKey()
            publicKey = [
                "kty": "OKP", "crv": "Ed25519", "x": .string(Self.encoded(key.publicKey.rawRepresentation)),
            ]
            await keys.add(eddsa: EdDSA.PrivateKey(backing: key), kid: name)
        default:
            let key = try rsa.get()
            let numbers = try key.publicKey.getKeyPrimitives()
            publicKey = [
                "kty": "RSA", "n": .string(encoded(numbers.modulus)),
                "e": .string(encoded(numbers.publicExponent)),
            ]
            let digest: DigestAlgorithm =
                algorithm.hasSuffix("256") ? .sha256 : algorithm.hasSuffix("384") ? .sha384 : .sha512
            let rsa = try Insecure.RSA.PrivateKey(backing: key)
            if algorithm.hasPrefix("PS") {
                await keys.add(pss: rsa, digestAlgorithm: digest, kid: name)
            } else {
                await keys.add(rsa: rsa, digestAlgorithm: digest, kid: name)
            }
        }
        let signer = try await keys.getKey(for: name, alg: algorithm)
        return SigningKey(id, algorithm, publicKey, signer)
    }

    /// A token with claims; members of `header` replace or, as nil, remove those that it would have.
    func token(_ claims: JSONObject, header: [String: JSONValue?] = [:]) throws -> String {
        var fields: JSONObject = ["alg": .string(algorithm), "typ": "at+jwt", "kid": .string(id)]
        for (name, value) in header { fields[name] = value }
        let text = Self.encoded(JSONValue.object(fields)) + "." + Self.encoded(JSONValue.object(claims))
        return text + "." + Self.encoded(try signer.sign(Array(text.utf8)))
    }

    /// A token that is signed with a shared secret.
    static func token(_ claims: JSONObject, secret: [UInt8], id: String) -> String {
        let fields: JSONValue = ["alg": "HS256", "typ": "at+jwt", "kid": .string(id)]
        let text = encoded(fields) + "." + encoded(JSONValue.object(claims))
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: secret))
        return text + "." + encoded(Array(code))
    }

    /// The key set that holds some keys.
    static func set(_ keys: [SigningKey]) -> [UInt8] {
        JSONValue.object(["keys": .array(keys.map { .object($0.publicKey) })]).encoded()
    }

    static func encoded(_ value: JSONValue) -> String {
        encoded(value.encoded())
    }

    static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var output = ""
        var bits = 0
        var accumulator = 0
        for byte in bytes {
            accumulator = (accumulator << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 6 {
                bits -= 6
                output.append(digits[accumulator >> bits & 0x3F])
            }
        }
        if bits > 0 { output.append(digits[accumulator << (6 - bits) & 0x3F]) }
        return output
    }

    private static func curve(_ name: String, _ point: Data) -> JSONObject {
        let half = point.count / 2
        return [
            "kty": "EC", "crv": .string(name), "x": .string(encoded(point.prefix(half))),
            "y": .string(encoded(point.suffix(half))),
        ]
    }
}
