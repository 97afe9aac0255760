// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// A signed token (RFC 7515, compact form), taken apart but not believed yet.
struct AccessToken: Sendable {
    /// In which way it says it is signed.
    let algorithm: SignatureAlgorithm
    /// The key it says it is signed with; byte by byte, since Swift's texts are equal where bytes are not.
    let keyID: [UInt8]?
    /// What it says.
    let claims: JSONObject
    /// What the signature is about.
    let signed: ArraySlice<UInt8>
    let signature: [UInt8]

    private static let types = ["jwt", "at+jwt", "application/at+jwt", "application/jwt"]

    /// Takes a token apart.
    ///
    /// - Parameter text: At most 16 KiB.
    /// - Throws: The fault, where it is none or could not be believed whatever its signature.
    init(_ text: String) throws(TokenFault) {
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.decode(parts[2]), !signature.isEmpty
        else { throw .malformed }
        // Whoever writes extensions there wants tokens refused by those who do not know them (RFC 7515, 4.1.11).
        guard !header.contains(key: "crit") else { throw .malformed }
        if let type = header["typ"] {
            guard let type = type.stringValue, Self.types.contains(type.lowercased()) else { throw .type }
        }
        guard let name = header["alg"]?.stringValue,
            let algorithm = SignatureAlgorithm.allCases.first(where: {
                $0.rawValue.utf8.elementsEqual(name.utf8)
            })
        else { throw .algorithm }
        if let id = header["kid"] {
            guard let id = id.stringValue else { throw .malformed }
            keyID = Array(id.utf8)
        } else {
            keyID = nil
        }
        self.algorithm = algorithm
        self.claims = claims
        self.signature = signature
        signed = bytes[..<parts[1].endIndex]
    }

    private static func object(_ part: ArraySlice<UInt8>) -> JSONObject? {
        guard let bytes = Base64URL.decode(part) else { return nil }
        // The parser is strict: a name that is there twice could be read in two ways.
        return (try? JSONValue(parsing: bytes, maximumDepth: 32))?.objectValue
    }
}
