// SPDX-License-Identifier: Apache-2.0

/// Who makes a call.
public struct Caller: Sendable, Hashable {
    /// Who was authenticated.
    public var subject: Subject
    /// The session or connection that calls, which has limits of its own; a short text fit for the audit log.
    public var session: String
    /// The identifier of the request, for the audit log.
    public var request: String?

    /// Makes a caller.
    public init(subject: Subject = .anonymous, session: String, request: String? = nil) {
        self.subject = subject
        self.session = session
        self.request = request
    }
}
