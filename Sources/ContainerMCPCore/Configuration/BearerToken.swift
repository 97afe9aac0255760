// SPDX-License-Identifier: Apache-2.0

/// A token that HTTP requests may carry, and for whom it stands.
public struct BearerToken: Sendable, Equatable {
    /// For whom it stands; nil for whoever has it.
    ///
    /// Several tokens may have one name.
    public let name: String?
    /// The token itself.
    public let secret: SecretText

    /// Makes a token.
    ///
    /// - Parameters:
    ///   - name: For whom it stands: 1 to 32 letters, digits, `.`, `_` and `-`.
    ///   - secret: The token itself.
    public init(name: String? = nil, secret: SecretText) {
        self.name = name
        self.secret = secret
    }

    /// The id of the subject: `token`, or `token:` and the name.
    ///
    /// It stays the same when the token is renewed.
    public var subject: String { name.map { "token:\($0)" } ?? "token" }
}
