// SPDX-License-Identifier: Apache-2.0

/// The error of a JSON-RPC response.
public struct JSONRPCError: Error, Sendable, Hashable {
    /// The number that says what kind of error it is, open for more.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The number on the wire.
        public let rawValue: Int

        /// Makes a code from its number.
        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// The text is not JSON.
        public static let parseError = Code(rawValue: -32700)
        /// JSON, but no valid message, or one that is not allowed here.
        public static let invalidRequest = Code(rawValue: -32600)
        /// An unknown or removed method, or one of a capability that is not offered.
        public static let methodNotFound = Code(rawValue: -32601)
        /// Parameters of the wrong shape, or that name something unknown.
        public static let invalidParams = Code(rawValue: -32602)
        /// A failure inside the server.
        public static let internalError = Code(rawValue: -32603)
        /// An unknown resource, in revisions before 2026-07-28 only.
        public static let legacyResourceNotFound = Code(rawValue: -32002)
        /// Headers and body of a 2026-07-28 request disagree.
        public static let headerMismatch = Code(rawValue: -32020)
        /// The client did not declare a capability that the request needs.
        public static let missingClientCapability = Code(rawValue: -32021)
        /// The request names a protocol version that is not served.
        public static let unsupportedProtocolVersion = Code(rawValue: -32022)
    }

    /// What kind of error it is.
    public let code: Code
    /// One sentence for whoever reads the client's log; without internals.
    public let message: String
    /// Further facts whose shape depends on the code.
    public let data: JSONValue?

    /// Makes an error.
    public init(_ code: Code, _ message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    /// The error object as it stands in a response.
    public var jsonValue: JSONValue {
        var object: JSONObject = ["code": .integer(Int64(code.rawValue)), "message": .string(message)]
        object["data"] = data
        return .object(object)
    }

    /// The HTTP status for an error that was raised before a 2026-07-28 request was dispatched.
    public var modernHTTPStatus: Int {
        switch code {
        case .methodNotFound: 404
        case .internalError: 200
        default: 400
        }
    }
}
