// SPDX-License-Identifier: Apache-2.0

/// Why a server does not listen, for the operator.
public struct MCPHTTPServerFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of failure, open for more.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The word.
        public let rawValue: String

        /// Makes a kind from its word.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A setting asks for what this version does not have.
        public static let unsupported = Code(rawValue: "unsupported")
        /// Something else listens there already.
        public static let addressInUse = Code(rawValue: "addressInUse")
        /// The place can't be listened on.
        public static let cannotListen = Code(rawValue: "cannotListen")
    }

    /// The kind.
    public let code: Code
    /// What failed, why, and what to do.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
