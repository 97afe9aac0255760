// SPDX-License-Identifier: Apache-2.0

/// For whom an action is done.
public struct Subject: Sendable, Hashable {
    /// Who was authenticated, or `anonymous`.
    public let id: String
    /// Whether `id` was proven.
    public let isAuthenticated: Bool
    /// What the subject's token is good for; nil where the way of authentication knows no scopes.
    public let scopes: Set<Scope>?

    /// Makes a subject.
    ///
    /// - Parameters:
    ///   - id: Who it is; without authentication the policy sees `anonymous` whatever stands here.
    ///   - isAuthenticated: Whether `id` was proven.
    ///   - scopes: What the token is good for; nil for everything.
    public init(id: String, isAuthenticated: Bool, scopes: Set<Scope>? = nil) {
        self.id = isAuthenticated ? id : Self.anonymousID
        self.isAuthenticated = isAuthenticated
        self.scopes = scopes
    }

    /// The id of everyone who did not authenticate.
    public static let anonymousID = "anonymous"

    /// Someone who did not authenticate: a local client over stdio or loopback.
    public static let anonymous = Subject(id: anonymousID, isAuthenticated: false)
}
