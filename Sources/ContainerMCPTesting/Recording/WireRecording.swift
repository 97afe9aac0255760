// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// One connection or channel of a test, written down as it goes, so that its messages can be held against the schemas of
/// their revisions afterwards.
///
/// Where the environment variable ``folderVariable`` names a folder, each process adds one file to it; where it is not set,
/// recording does nothing. ``InMemoryTransport`` records by itself. A client of your own tells its
/// recording what it sends before it does so, and what comes as soon as it has come; then the entries of a file are in
/// an order in which things can have happened.
public struct WireRecording: Sendable {
    /// How messages are cut from the bytes.
    public enum Framing: String, Sendable {
        /// One message a line, as over stdio.
        case lines
        /// Requests and responses of HTTP/1.1.
        case http
    }

    /// The environment variable with the folder for recordings.
    public static let folderVariable = "WIRE_RECORD_DIR"

    /// Whether what the current task sends breaks the rules on purpose, so that nobody takes it for a mistake.
    ///
    /// Only a client's messages can be marked; what a server says is always held against its schema.
    @TaskLocal public static var isBrokenOnPurpose = false

    private let file: RecordingFile?
    private let number: UInt64

    /// Begins the recording of a connection or channel.
    ///
    /// - Parameters:
    ///   - framing: How messages are cut from its bytes.
    ///   - revision: The revision that was agreed on before; nil where an `initialize` says it, or each request.
    public init(_ framing: Framing, revision: ProtocolRevision? = nil) {
        file = .shared
        number = RecordingFile.nextNumber()
        file?.begin(number, framing, revision)
    }

    /// Records what a client of each revision gets for a call whose result a test has at hand as a value.
    ///
    /// Results with more than 64 KiB of text are left out: they are written like smaller ones, and five times over they
    /// would fill the recording.
    ///
    /// - Parameters:
    ///   - tool: The name of the tool.
    ///   - result: The result.
    public static func called(_ tool: String, _ result: ToolResult) {
        guard RecordingFile.shared != nil, !isLarge(result) else { return }
        let server = ServerDescription(name: "test", version: "1", capabilities: ServerCapabilities())
        for revision in ProtocolRevision.allCases {
            let isModern = revision.era == .modern
            let recording = WireRecording(.lines, revision: isModern ? nil : revision)
            var params: JSONObject = ["name": .string(tool), "arguments": [:]]
            if isModern { params["_meta"] = InMemoryClient.meta() }
            recording.client(["jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": .object(params)])
            let outcome = RequestOutcome.result(.toolCall(result))
            recording.server(outcome.message(id: .integer(1), revision: revision, server: server))
        }
    }

    private static func isLarge(_ result: ToolResult) -> Bool {
        result.content.contains { block in
            switch block.payload {
            case .text(let text): text.utf8.count > 64 << 10
            case .structuredAccount: true
            default: false
            }
        }
    }

    /// Notes bytes that the client is about to send; call it before they are sent.
    public func client(_ bytes: [UInt8]) {
        file?.add(number, fromClient: true, bytes, isBroken: Self.isBrokenOnPurpose)
    }

    /// Notes bytes that came from the server.
    public func server(_ bytes: [UInt8]) {
        file?.add(number, fromClient: false, bytes, isBroken: false)
    }

    /// Notes a message of the client, for clients that send messages and no bytes; the framing must be lines.
    public func client(_ message: JSONValue) {
        guard file != nil else { return }
        client(message.encoded() + [0x0A])
    }

    /// Notes a message of the server, for servers that give messages and no bytes; the framing must be lines.
    public func server(_ message: JSONValue) {
        guard file != nil else { return }
        server(message.encoded() + [0x0A])
    }
}
