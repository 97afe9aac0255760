// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

extension ServerMetrics {
    /// How a request of the protocol was answered.
    public enum RequestResult: String, Sendable, CaseIterable {
        /// With a result; also with one that says that a tool failed.
        case result
        /// `-32700`: it was no JSON.
        case parseError = "parse_error"
        /// `-32600`: it was no message, or one that is not allowed there.
        case invalidRequest = "invalid_request"
        /// `-32601`: an unknown method.
        case methodNotFound = "method_not_found"
        /// `-32602`: parameters of the wrong shape, or that name something unknown.
        case invalidParams = "invalid_params"
        /// `-32603`: a failure of the server, or no room.
        case internalError = "internal_error"
        /// `-32000` to `-32099`: an error of MCP, such as an unsupported version.
        case serverError = "server_error"
        /// Any other number.
        case otherError = "other_error"

        /// Makes the class of an error.
        public init(_ code: JSONRPCError.Code) {
            self =
                switch code {
                case .parseError: .parseError
                case .invalidRequest: .invalidRequest
                case .methodNotFound: .methodNotFound
                case .invalidParams: .invalidParams
                case .internalError: .internalError
                default: (-32_099 ... -32_000).contains(code.rawValue) ? .serverError : .otherError
                }
        }
    }
}
