// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// Why a tool call was refused or could not be carried out, worded for the model that made it.
///
/// The message says what failed, why, and what to do. It never holds a host path, a secret, or another caller's
/// data; what only the operator may see goes into ``cause`` and from there to the log.
public struct ToolError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of a failure, open for more kinds.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The word that stands for the kind in the audit log.
        public let rawValue: String

        /// Makes a kind of failure from its word.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A policy rule refused the action, or no rule allowed it.
        public static let denied = Code(rawValue: "denied")
        /// An argument is malformed, out of range, or names something that can't be named.
        public static let invalidArgument = Code(rawValue: "invalid_argument")
        /// The named file, folder or thing does not exist.
        public static let notFound = Code(rawValue: "not_found")
        /// The name is taken, and replacing it was not asked for.
        public static let alreadyExists = Code(rawValue: "already_exists")
        /// A size, count or time limit was reached.
        public static let limitExceeded = Code(rawValue: "limit_exceeded")
        /// All places are taken and the wait for one was over.
        public static let busy = Code(rawValue: "busy")
        /// The sandbox is not there or one layer of it could not be set up.
        public static let noSandbox = Code(rawValue: "no_sandbox")
        /// The client has to answer questions before the call can go on; see ``ToolError/questions``.
        public static let inputRequired = Code(rawValue: "input_required")
        /// The call ends with an error of the protocol instead of a result; see ``ToolError/protocolError``.
        public static let protocolFailure = Code(rawValue: "protocol_error")
        /// The caller gave the call up.
        public static let cancelled = Code(rawValue: "cancelled")
        /// Something failed that the caller can't change.
        public static let internalFailure = Code(rawValue: "internal")
    }

    /// The kind of the failure.
    public let code: Code
    /// What failed, why, and what to do; shown to the caller.
    public let message: String
    /// Details for the operator's log; never shown to a caller.
    public let cause: String?

    /// What the client has to answer first; not nil where the code is `inputRequired`.
    public let questions: InputRequired?
    /// The error that goes out in place of a result; not nil where the code is `protocolFailure`.
    public let protocolError: JSONRPCError?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: The kind of the failure.
    ///   - message: What failed, why, and what to do; shown to the caller.
    ///   - cause: Details for the operator's log only.
    public init(_ code: Code, _ message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        questions = nil
        protocolError = nil
    }

    /// Makes the interruption of a handler that can't go on before the client has answered.
    ///
    /// Handlers need it seldom: ``CallContext/answers(to:state:)`` throws it for them.
    ///
    /// - Parameter questions: What has to be answered; the handler runs again from the top with the answers.
    public init(_ questions: InputRequired) {
        code = .inputRequired
        message = "The client has to answer a question before the call can go on."
        cause = nil
        self.questions = questions
        protocolError = nil
    }

    /// Makes a failure that goes out as an error of the protocol, in place of a result that is marked as one.
    ///
    /// - Parameter error: The error.
    public init(_ error: JSONRPCError) {
        code = .protocolFailure
        message = error.message
        cause = nil
        questions = nil
        protocolError = error
    }

    /// The kind and the message, for logs and assertions.
    public var description: String {
        "\(code.rawValue): \(message)"
    }
}
