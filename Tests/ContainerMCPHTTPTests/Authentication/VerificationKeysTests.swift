// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Testing

@Suite struct VerificationKeysTests {
    private func keys(_ entries: [JSONValue]) async -> VerificationKeys? {
        try? await VerificationKeys(JSONValue.object(["keys": .array(entries)]).encoded())
    }

    private func entry(_ key: SigningKey, _ changes: [String: JSONValue?]) -> JSONValue {
        var object = key.publicKey
        for (name, value) in changes { object[name] = value }
        return .object(object)
    }

    @Test(
        arguments: [
            ["kty": "oct", "k": "c2VjcmV0"], ["kty": "RSA"], ["kty": "EC", "crv": "P-521"], ["use": "enc"],
            ["key_ops": ["sign"]], ["alg": "HS256"], ["alg": "RSA-OAEP"], ["crv": "P-384"],
            ["crv": "secp256k1"], ["x": "AA"], ["x": nil], ["x": 1], ["y": "not/base64"],
            ["y": .string(String(repeating: "A", count: 43))], ["kty": nil],
        ] as [[String: JSONValue?]]
    )
    func `a key that can't check a token is skipped`(changes: [String: JSONValue?]) async throws {
        let good = try await SigningKey.make("ES256", id: "good")
        let bad = entry(try await SigningKey.make("ES256", id: "bad"), changes)
        #expect(await keys([bad]) == nil)
        let both = try #require(await keys([bad, .object(good.publicKey)]))
        #expect(both.candidates(Array("good".utf8), .es256).count == 1)
        for algorithm in SignatureAlgorithm.allCases {
            #expect(both.candidates(Array("bad".utf8), algorithm).isEmpty)
        }
    }

    @Test func `a key that names no algorithm is good for those of its kind`() async throws {
        let rsa = entry(try await SigningKey.make("PS512"), ["alg": nil, "use": nil])
        let found = try #require(await keys([rsa, .object(try await SigningKey.make("ES384").publicKey)]))
        for algorithm in SignatureAlgorithm.allCases {
            let isExpected = algorithm.keyType.type == "RSA" || algorithm == .es384
            #expect(found.candidates(nil, algorithm).isEmpty != isExpected)
        }
    }

    @Test func `of a private key only the public part is used`() async throws {
        let key = try await SigningKey.make("ES256")
        let found = try #require(await keys([entry(key, ["d": "AAAA"])]))
        #expect(found.candidates(nil, .es256).count == 1)
    }

    @Test func `an RSA key that is too short or too long is skipped`() async throws {
        let key = try await SigningKey.make("RS256")
        for bytes in [128, 255, 1_025, 65_536] {
            let modulus = SigningKey.encoded([UInt8](repeating: 0xFF, count: bytes))
            #expect(await keys([entry(key, ["n": .string(modulus)])]) == nil)
        }
    }

    @Test func `a set is bounded, and so is what is tried`() async throws {
        let key = try await SigningKey.make("ES256")
        let nameless = entry(key, ["kid": nil])
        #expect(await keys(Array(repeating: nameless, count: 101)) == nil)
        let many = try #require(await keys(Array(repeating: nameless, count: 100)))
        #expect(many.candidates(nil, .es256).count == VerificationKeys.maximumTries)
        #expect(many.candidates(Array("any".utf8), .es256).count == VerificationKeys.maximumTries)
    }

    @Test(arguments: [
        "", "null", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[1,null,"x",[]]}"#,
        #"{"keys":[],"keys":[]}"#, "<html></html>",
    ])
    func `what is no key set is refused`(text: String) async {
        await #expect(throws: KeyFault.self) { try await VerificationKeys(Array(text.utf8)) }
    }
}
