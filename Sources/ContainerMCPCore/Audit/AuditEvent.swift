// SPDX-License-Identifier: Apache-2.0

/// One line of the audit log.
///
/// What is nil is left out of the line.
public struct AuditEvent: Sendable, Equatable {
    /// What happened, open for more kinds.
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// The word in the log.
        public let rawValue: String

        /// Makes a kind from its word.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A tool was called, and the call is over.
        public static let call = Kind(rawValue: "call")
        /// The server started.
        public static let start = Kind(rawValue: "start")
        /// The server stops.
        public static let stop = Kind(rawValue: "stop")
        /// A request was refused before it became a call: host, origin, token, size.
        public static let refusal = Kind(rawValue: "refusal")
        /// The settings the server runs with, or a change of them.
        public static let configuration = Kind(rawValue: "configuration")
        /// The log could be written again after a failure.
        public static let resumed = Kind(rawValue: "resumed")
    }

    /// What happened.
    public var kind: Kind
    /// Identifier of the session.
    public var session: String?
    /// Who was authenticated.
    public var subject: String?
    /// Address of the other side.
    public var peer: String?
    /// Identifier of the request.
    public var request: String?
    /// Name of the tool as the caller gave it.
    public var tool: String?
    /// Length and digest of the arguments.
    public var arguments: AuditArguments?
    /// What the policy said, such as `allow`, `deny` or `ask`.
    public var decision: String?
    /// The rule that decided.
    public var rule: String?
    /// What confined the call: level and backend.
    public var mechanism: String?
    /// How it ended, such as `success`, `failure`, `timeout`, or the word of a ``ToolError/Code``.
    public var outcome: String?
    /// Exit status of the program.
    public var exitCode: Int?
    /// Name of the signal that ended the program.
    public var signal: String?
    /// Bytes of standard output, dropped ones included.
    public var stdoutBytes: Int?
    /// Bytes of standard error, dropped ones included.
    public var stderrBytes: Int?
    /// Bytes of output that the reply does not hold.
    public var droppedBytes: Int?
    /// Bytes of the reply.
    public var replyBytes: Int?
    /// How long it took; logged in milliseconds.
    public var duration: Duration?
    /// A sentence for the reader: the cause of a refusal, the cause of an internal failure.
    public var detail: String?
    /// Further names and values, such as settings that are not at their default; at most 256 are written.
    ///
    /// Never put secrets here.
    public var attributes: [String: String]

    /// Makes an event with its kind only; set what is known.
    public init(_ kind: Kind) {
        self.kind = kind
        self.attributes = [:]
    }
}
