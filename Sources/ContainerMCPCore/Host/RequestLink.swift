// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// The way from the handler of one request to its client, while the request is served.
///
/// A transport makes one for each request; what the client did not ask for is dropped there.
public struct RequestLink: Sendable {
    /// Something that is said without waiting.
    public enum Event: Sendable {
        /// How far the request got.
        case progress(ProgressUpdate)
        /// A log message about the request.
        case log(LogEntry)
        /// The connection that carries the answer is to be ended, not the request (MCP 2025-11-25, SSE polling).
        case breakStream
    }

    /// Why a client did not answer a question.
    public enum AskFailure: Error, Sendable, Equatable {
        /// This client can't be asked that, or not on this connection.
        case unsupported
        /// The client answered with an error; its text is for logs only.
        case refused(String)
        /// No answer came in time.
        case timedOut
        /// The request or the conversation is over.
        case cancelled

        /// The word for the audit log.
        var word: String {
            switch self {
            case .unsupported: "cannot_ask"
            case .refused: "client_error"
            case .timedOut: "no_answer"
            case .cancelled: "given_up"
            }
        }
    }

    /// Asks the client and waits for the answer as it came.
    public typealias Ask =
        @Sendable (_ question: InputQuestion, _ relatedTask: String?) async -> Result<JSONValue, AskFailure>

    /// Says something without waiting; dropped where there is no room or nobody wants it.
    public let tell: @Sendable (_ event: Event) -> Void
    /// Writes a notification on the way of the request; returns when it is out or dropped.
    public let write: @Sendable (_ notification: JSONValue) async -> Void
    /// Writes a notification where those go that belong to no request; nil where there is no such way.
    public let writeUnrelated: (@Sendable (_ notification: JSONValue) async -> Void)?
    /// Asks the client while the request is open; nil in the era whose servers send no requests.
    public let ask: Ask?
    /// Asks the client where messages go that belong to no request; for work that outlives its request.
    ///
    /// Nil where a question may travel on the way of a request only.
    public let askUnrelated: Ask?
    /// From which level on the session wants log messages; nil where there is no session.
    public let logLevel: (@Sendable () async -> LogLevel)?

    /// Makes a link.
    public init(
        tell: @escaping @Sendable (_ event: Event) -> Void,
        write: @escaping @Sendable (_ notification: JSONValue) async -> Void = { _ in },
        writeUnrelated: (@Sendable (_ notification: JSONValue) async -> Void)? = nil,
        ask: Ask? = nil,
        askUnrelated: Ask? = nil,
        logLevel: (@Sendable () async -> LogLevel)? = nil
    ) {
        self.tell = tell
        self.write = write
        self.writeUnrelated = writeUnrelated
        self.ask = ask
        self.askUnrelated = askUnrelated
        self.logLevel = logLevel
    }

    /// A link on which nothing is said and nobody can be asked.
    public static let silent = RequestLink(tell: { _ in })
}
