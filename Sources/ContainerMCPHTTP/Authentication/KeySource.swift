// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import NIOPosix

/// Where the keys of an authorization server are found.
enum KeySource: Sendable {
    /// `OAUTH_JWKS` as a path.
    case file(String)
    /// `OAUTH_JWKS` as an address.
    case address(WebAddress)
    /// The metadata of the issuer (RFC 8414; OpenID Connect Discovery 1.0).
    case issuer(WebAddress)

    /// The largest document, in bytes.
    static let maximumBytes = 1 << 20

    /// Makes the source that settings name; none where they name none, or one that anybody on the way could
    /// change.
    ///
    /// - Parameters:
    ///   - issuer: `OAUTH_ISSUER`.
    ///   - keys: `OAUTH_JWKS`; nil for what the metadata of the issuer names.
    init?(issuer: String, keys: String?) {
        if let keys {
            if keys.hasPrefix("/") {
                self = .file(keys)
            } else if let address = WebAddress(keys), address.isSecure {
                self = .address(address)
            } else {
                return nil
            }
        } else if let issuer = WebAddress(issuer), issuer.isSecure {
            self = .issuer(issuer)
        } else {
            return nil
        }
    }

    /// Whether it can be read without anybody's help.
    var isLocal: Bool {
        if case .file = self { true } else { false }
    }

    /// Fetches the keys.
    ///
    /// - Parameter fetcher: Goes to other servers.
    /// - Returns: The keys.
    /// - Throws: ``KeyFault`` that names the place.
    func load(_ fetcher: DocumentFetcher) async throws(KeyFault) -> FetchedKeys {
        switch self {
        case .file(let path):
            return try await Self.named("OAUTH_JWKS=\(path)") { () async throws(KeyFault) in
                FetchedKeys(keys: try await VerificationKeys(await Self.read(path)), cacheControl: nil)
            }
        case .address(let address):
            return try await Self.keys(at: address, fetcher)
        case .issuer(let issuer):
            return try await Self.keys(at: try await Self.discover(issuer, fetcher), fetcher)
        }
    }

    private static func keys(
        at address: WebAddress,
        _ fetcher: DocumentFetcher
    ) async throws(KeyFault) -> FetchedKeys {
        try await named(address.text) { () async throws(KeyFault) in
            let document = try await fetcher.get(address)
            return FetchedKeys(
                keys: try await VerificationKeys(document.body),
                cacheControl: document.cacheControl
            )
        }
    }

    /// The address of the keys, from the first of the usual places that has metadata of this issuer.
    private static func discover(
        _ issuer: WebAddress,
        _ fetcher: DocumentFetcher
    ) async throws(KeyFault) -> WebAddress {
        var last = KeyFault("has no metadata")
        for place in metadataPlaces(issuer) {
            do throws(KeyFault) {
                return try await named(place.text) { () async throws(KeyFault) in
                    try keyAddress(try await fetcher.get(place).body, issuer)
                }
            } catch {
                last = error
            }
        }
        throw last
    }

    /// Where an issuer puts its metadata.
    static func metadataPlaces(_ issuer: WebAddress) -> [WebAddress] {
        let path = issuer.path.hasSuffix("/") ? String(issuer.path.dropLast()) : issuer.path
        let names = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]
        var places = names.map { $0 + path }
        if !path.isEmpty { places.append(path + names[1]) }
        return places.compactMap { WebAddress(issuer.origin + $0) }
    }

    private static func keyAddress(_ document: [UInt8], _ issuer: WebAddress) throws(KeyFault) -> WebAddress {
        guard let value = try? JSONValue(parsing: document, maximumDepth: 32), value.objectValue != nil else {
            throw KeyFault("is no metadata in JSON")
        }
        // Whoever answers for another issuer could name keys of its own (RFC 8414, section 3.3).
        guard value["issuer"]?.stringValue?.utf8.elementsEqual(issuer.text.utf8) == true else {
            throw KeyFault("is the metadata of another issuer than \(issuer.text)")
        }
        guard let text = value["jwks_uri"]?.stringValue, let address = WebAddress(text) else {
            throw KeyFault("names no jwks_uri")
        }
        guard address.isSecure else { throw KeyFault("names a jwks_uri that is not https") }
        return address
    }

    private static func named<Value>(
        _ place: String,
        _ work: () async throws(KeyFault) -> Value
    ) async throws(KeyFault) -> Value {
        do {
            return try await work()
        } catch {
            throw KeyFault("\(place) \(error.reason)")
        }
    }

    private static func read(_ path: String) async throws(KeyFault) -> [UInt8] {
        do {
            // It is a disk that may hang, not the threads that serve.
            return try await NIOThreadPool.singleton.runIfActive {
                try HostFile.read(path, atMost: maximumBytes).bytes
            }
        } catch let failure as HostFile.Failure {
            throw KeyFault(failure.reason)
        } catch {
            throw KeyFault("cannot be read")
        }
    }
}
