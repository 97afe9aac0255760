// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// What the claims of a token must say (RFC 9068, section 4; RFC 7519, section 4.1).
struct AccessTokenRules: Sendable {
    /// By how much clocks may differ, in seconds.
    static let clockSkew = 60.0

    let issuer: String
    let audience: String

    /// Checks for whom a token is and who made it; says nothing about whether that is true.
    func checkParties(_ claims: JSONObject) throws(TokenFault) {
        guard let issuer = claims["iss"]?.stringValue, issuer.utf8.elementsEqual(self.issuer.utf8) else {
            throw .issuer
        }
        let audiences: [JSONValue]
        switch claims["aud"] {
        case .array(let values): audiences = values
        case let value?: audiences = [value]
        case nil: audiences = []
        }
        guard audiences.contains(where: { $0.stringValue?.utf8.elementsEqual(audience.utf8) ?? false }) else {
            throw .audience
        }
    }

    /// Checks when a token is valid.
    ///
    /// - Parameters:
    ///   - claims: What it says.
    ///   - now: Seconds since 1970.
    /// - Throws: The fault.
    func checkTimes(_ claims: JSONObject, now: Double) throws(TokenFault) {
        guard let end = try Self.time(claims["exp"]) else { throw .malformed }
        guard now < end + Self.clockSkew else { throw .expired }
        for name in ["nbf", "iat"] {
            guard let start = try Self.time(claims[name]) else { continue }
            guard start <= now + Self.clockSkew else { throw .early }
        }
    }

    private static func time(_ value: JSONValue?) throws(TokenFault) -> Double? {
        guard let value else { return nil }
        guard let seconds = value.doubleValue, seconds.isFinite else { throw .malformed }
        return seconds
    }

    /// For whom the call is, and what it may do.
    func subject(_ claims: JSONObject) throws(TokenFault) -> Subject {
        guard let name = claims["sub"]?.stringValue, (1...1_024).contains(name.utf8.count) else {
            throw .subject
        }
        return Subject(id: id(of: name), isAuthenticated: true, scopes: try Self.scopes(claims))
    }

    /// Issuer and subject in one line of ASCII, so that no two subjects share an id and none can break a log.
    private func id(of name: String) -> String {
        var text = Array(issuer.utf8) + [UInt8(ascii: "#")]
        for byte in name.utf8 {
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                text.append(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The scopes that are known here, from `scope` (RFC 9068, section 2.2.3) and `scp`, which some write.
    private static func scopes(_ claims: JSONObject) throws(TokenFault) -> Set<Scope> {
        var words: [String] = []
        for name in ["scope", "scp"] {
            switch claims[name] {
            case .string(let text):
                words += text.split(separator: " ").map(String.init)
            case .array(let values):
                for value in values {
                    guard let word = value.stringValue else { throw .malformed }
                    words.append(word)
                }
            case nil, .null: continue
            default: throw .malformed
            }
        }
        return Set(words.compactMap { Scope(rawValue: $0) })
    }
}
