// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Testing

@Suite struct KeySourceTests {
    private func reason(_ source: KeySource?) async throws -> String? {
        do {
            _ = try await #require(source).load(try DocumentFetcher(authorities: []))
            return nil
        } catch let fault as KeyFault {
            return fault.reason
        }
    }

    @Test(arguments: [
        (
            "https://i.example",
            [
                "https://i.example/.well-known/oauth-authorization-server",
                "https://i.example/.well-known/openid-configuration",
            ]
        ),
        (
            "https://i.example:8443/realms/a",
            [
                "https://i.example:8443/.well-known/oauth-authorization-server/realms/a",
                "https://i.example:8443/.well-known/openid-configuration/realms/a",
                "https://i.example:8443/realms/a/.well-known/openid-configuration",
            ]
        ),
        (
            "https://i.example/",
            [
                "https://i.example/.well-known/oauth-authorization-server",
                "https://i.example/.well-known/openid-configuration",
            ]
        ),
    ])
    func `metadata is looked for in the usual places`(issuer: String, places: [String]) throws {
        let address = try #require(WebAddress(issuer))
        #expect(KeySource.metadataPlaces(address).map(\.text) == places)
    }

    @Test func `the keys are where the metadata says`() async throws {
        let key = try await SigningKey.make("ES256")
        try await AuthorizationServer.run { server async throws in
            #expect(try await reason(KeySource(issuer: server.base, keys: nil))?.contains("404") == true)
            server.publish([key])
            #expect(try await reason(KeySource(issuer: server.base, keys: nil)) == nil)
            let metadata: JSONValue = [
                "issuer": .string(server.base + "/realm"), "jwks_uri": .string(server.base + "/jwks"),
            ]
            server.answer("/realm/.well-known/openid-configuration", .document(metadata.encoded()))
            #expect(try await reason(KeySource(issuer: server.base + "/realm", keys: nil)) == nil)
        }
    }

    @Test func `metadata of another issuer or with keys in the clear is refused`() async throws {
        let key = try await SigningKey.make("ES256")
        try await AuthorizationServer.run { server async throws in
            server.publish([key])
            let place = "/.well-known/oauth-authorization-server"
            for (metadata, part) in [
                (
                    ["issuer": "https://evil.example", "jwks_uri": .string(server.base + "/jwks")],
                    "another issuer"
                ),
                (
                    ["issuer": .string(server.base + "/"), "jwks_uri": .string(server.base + "/jwks")],
                    "another"
                ),
                (["jwks_uri": .string(server.base + "/jwks")], "another issuer"),
                (["issuer": .string(server.base), "jwks_uri": "http://keys.example/jwks"], "not https"),
                (["issuer": .string(server.base), "jwks_uri": "file:///etc/passwd"], "no jwks_uri"),
                (["issuer": .string(server.base)], "no jwks_uri"),
                ([1], "no metadata"),
            ] as [(JSONValue, String)] {
                server.answer(place, .document(metadata.encoded()))
                server.answer("/.well-known/openid-configuration", .document(metadata.encoded()))
                #expect(try await reason(KeySource(issuer: server.base, keys: nil))?.contains(part) == true)
            }
            #expect(server.requests("/jwks") == 0)
        }
    }

    @Test func `keys come from an address or a file that the operator names`() async throws {
        let key = try await SigningKey.make("ES256")
        let folder = try TestFolder()
        let path = try folder.write("jwks.json", String(decoding: SigningKey.set([key]), as: UTF8.self))
        let issuer = "https://i.example"
        #expect(try await reason(KeySource(issuer: issuer, keys: path)) == nil)
        try folder.write("jwks.json", "{}")
        #expect(try await reason(KeySource(issuer: issuer, keys: path))?.contains("key set") == true)
        folder.remove("jwks.json")
        #expect(
            try await reason(KeySource(issuer: issuer, keys: path)) == "OAUTH_JWKS=\(path) is not there"
        )
        try await AuthorizationServer.run { server async throws in
            server.publish([key])
            #expect(try await reason(KeySource(issuer: issuer, keys: server.base + "/jwks")) == nil)
            #expect(server.requests("/jwks") == 1)
        }
    }

    @Test func `an address that anybody on the way could change is no source`() {
        #expect(KeySource(issuer: "http://i.example", keys: nil) == nil)
        #expect(KeySource(issuer: "https://i.example", keys: "http://i.example/jwks") == nil)
    }
}
