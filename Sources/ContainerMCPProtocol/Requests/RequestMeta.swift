// SPDX-License-Identifier: Apache-2.0

/// What `params._meta` of a request says about how it wants to be served.
public struct RequestMeta: Sendable, Equatable {
    /// What progress notifications shall carry, nil if none are wanted.
    public let progressToken: ProgressToken?
    /// The members as they came.
    public let members: JSONObject

    /// Reads the member `_meta`; absent is empty, and a `null` token is none.
    ///
    /// - Throws: `-32602` if it is no object, or the token is neither a string nor an integer.
    public init(_ params: JSONObject?) throws(JSONRPCError) {
        self.members = try Parameters(params, of: "the request").optionalObject("_meta") ?? [:]
        switch members[MetaKey.progressToken] {
        case nil, .null?:
            self.progressToken = nil
        case let value?:
            guard let token = ProgressToken(value) else {
                throw .invalidParams(
                    "the progress token must be a string or an integer, not \(value.kindName)"
                )
            }
            self.progressToken = token
        }
    }

    /// The log level that a 2026-07-28 request asks for, nil if it wants no log messages.
    ///
    /// - Throws: `-32602` if it is none of the eight levels.
    func requestedLogLevel() throws(JSONRPCError) -> LogLevel? {
        guard let value = members[MetaKey.logLevel] else { return nil }
        guard let level = value.stringValue.flatMap(LogLevel.init(rawValue:)) else {
            throw .invalidParams("the log level must be one of \(LogLevel.allNames)")
        }
        return level
    }

    /// Who a 2026-07-28 request says its client is.
    func clientInformation() throws(JSONRPCError) -> ClientInformation? {
        guard let object = try Parameters(members, of: "_meta").optionalObject(MetaKey.clientInfo) else {
            return nil
        }
        return try ClientInformation(object)
    }
}

extension LogLevel {
    static let allNames = allCases.map(\.rawValue).joined(separator: ", ")
}
