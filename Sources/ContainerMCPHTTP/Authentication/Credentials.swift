// SPDX-License-Identifier: Apache-2.0

/// What a request shows to prove who sends it (RFC 6750, section 2).
enum Credentials: Sendable, Equatable {
    /// Nothing, or something of another scheme, which counts as nothing (RFC 6750, section 3.1).
    case none
    /// A token in the header field `Authorization`.
    case bearer(String)
    /// A field that can't be read, or is there twice.
    case malformed
    /// A token in the query: addresses are written down in many places, so it is not looked at.
    case inQuery

    /// The longest token, in bytes.
    static let maximumTokenBytes = 16 << 10

    /// Names of query parameters that carry tokens.
    private static let tokenParameters: Set<String> = [
        "access_token", "auth_token", "authorization", "bearer", "bearer_token", "token",
    ]

    init(_ head: RequestHead) {
        let header = Self(head.fields.values("authorization"))
        guard let query = head.query, Self.holdsToken(query) else {
            self = header
            return
        }
        // A token by two ways at once is malformed (RFC 6750, section 3.1).
        self = header == .none ? .inQuery : .malformed
    }

    private init(_ lines: [String]) {
        guard let line = lines.first else {
            self = .none
            return
        }
        let parts = line.split(separator: " ", maxSplits: 1)
        guard lines.count == 1 else {
            self = .malformed
            return
        }
        guard let scheme = parts.first, scheme.lowercased() == "bearer" else {
            self = .none
            return
        }
        let token = parts.count == 2 ? ASCIIText.trimmed(parts[1]) : ""
        let isReadable =
            !token.isEmpty && token.utf8.count <= Self.maximumTokenBytes
            && token.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        self = isReadable ? .bearer(token) : .malformed
    }

    private static func holdsToken(_ query: String) -> Bool {
        query.split(separator: "&").contains { pair in
            let name = pair.prefix { $0 != "=" }
            return tokenParameters.contains(decoded(name).lowercased())
        }
    }

    /// A name without percent encoding; what is encoded badly stays as it is.
    private static func decoded(_ name: Substring) -> String {
        var bytes = Array(name.utf8)[...]
        var output: [UInt8] = []
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "%"), bytes.count >= 2,
                let high = ASCIIText.hexDigit(bytes[bytes.startIndex]),
                let low = ASCIIText.hexDigit(bytes[bytes.startIndex + 1])
            {
                output.append(UInt8(truncatingIfNeeded: high << 4 | low))
                bytes = bytes.dropFirst(2)
            } else {
                output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
