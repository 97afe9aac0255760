// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

/// A channel with one tool, and short ways to say what arrives on it.
struct ChannelFixture {
    static let server = ServerDescription(
        name: "sandbox",
        version: "1.0.0",
        instructions: "Be careful.",
        capabilities: ServerCapabilities(tools: .init(announcesChanges: true), hasLogging: true),
        toolNames: ["echo"]
    )

    /// A server that offers all there is.
    static let everything = ServerDescription(
        name: "sandbox",
        version: "1.0.0",
        capabilities: ServerCapabilities(
            tools: .init(announcesChanges: true),
            resources: .init(announcesChanges: true, canSubscribe: true),
            prompts: .init(announcesChanges: true),
            hasCompletions: true,
            hasLogging: true,
            tasks: true
        ),
        toolNames: ["echo"],
        promptNames: ["greet", "gr\u{FC}\u{DF}"]
    )

    var state: ChannelState
    /// What comes in, and what the channel says by itself; what tests make up for its handlers is no message.
    private let recording = WireRecording(.lines)

    init(server: ServerDescription = server, limits: ChannelLimits = ChannelLimits()) {
        self.state = ChannelState(server: server, limits: limits)
    }

    /// A channel on which `initialize` has been answered.
    static func initialized(
        _ revision: ProtocolRevision,
        server: ServerDescription = server,
        capabilities: String = #"{"elicitation":{}}"#,
        limits: ChannelLimits = ChannelLimits()
    ) -> ChannelFixture {
        var fixture = ChannelFixture(server: server, limits: limits)
        _ = fixture.receive(initialize(revision.rawValue, id: "\"init\"", capabilities: capabilities))
        return fixture
    }

    /// A channel whose client is ready and can be asked anything, on a server that offers all there is.
    static func ready(_ revision: ProtocolRevision, limits: ChannelLimits = ChannelLimits()) -> ChannelFixture
    {
        var fixture = initialized(
            revision,
            server: everything,
            capabilities: #"{"elicitation":{"form":{},"url":{}},"sampling":{},"roots":{}}"#,
            limits: limits
        )
        _ = fixture.receive(Self.ready)
        return fixture
    }

    static let ready = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#

    static func initialize(
        _ version: String,
        id: String = "1",
        capabilities: String = #"{"elicitation":{}}"#
    ) -> String {
        """
        {"jsonrpc":"2.0","id":\(id),"method":"initialize","params":{"protocolVersion":"\(version)",\
        "capabilities":\(capabilities),"clientInfo":{"name":"demo","version":"0.3"}}}
        """
    }

    static func request(_ method: String, id: String = "1", params: String? = nil) -> String {
        "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"\(method)\""
            + (params.map { ",\"params\":\($0)" } ?? "") + "}"
    }

    static func cancel(_ id: String) -> String {
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\(id)}}"
    }

    /// A request that claims the modern era.
    static func modern(
        _ method: String,
        id: String = "1",
        version: String = "2026-07-28",
        params: String = "",
        meta: String = "",
        capabilities: String = "{}"
    ) -> String {
        """
        {"jsonrpc":"2.0","id":\(id),"method":"\(method)","params":{\(params.isEmpty ? "" : params + ",")\
        "_meta":{"io.modelcontextprotocol/protocolVersion":"\(version)",\
        "io.modelcontextprotocol/clientCapabilities":\(capabilities)\(meta.isEmpty ? "" : "," + meta)}}}
        """
    }

    /// Takes what a client sent; what the channel takes although it breaks the rules is marked.
    mutating func receive(_ text: String, isBroken: Bool = false) -> [ChannelAction] {
        WireRecording.$isBrokenOnPurpose.withValue(isBroken) {
            recording.client(Array((text + "\n").utf8))
        }
        return recorded(state.received(text: Array(text.utf8)))
    }

    private func recorded(_ actions: [ChannelAction]) -> [ChannelAction] {
        for message in actions.compactMap(\.message) { recording.server(message) }
        return actions
    }

    /// The one message that the channel answers with.
    mutating func answer(to text: String) throws -> JSONValue {
        let actions = receive(text)
        guard case .send(let message, about: nil)? = actions.first, actions.count == 1 else {
            throw UnexpectedActions(actions: actions)
        }
        return message
    }

    /// The code of the error that the channel answers with.
    mutating func errorCode(of text: String) throws -> Int? {
        try answer(to: text)["error"]?["code"]?.intValue
    }

    /// The token of the one request that the channel starts.
    mutating func start(_ text: String) throws -> (token: RequestToken, request: AdmittedRequest) {
        let actions = receive(text)
        guard case .start(let token, let request)? = actions.first, actions.count == 1 else {
            throw UnexpectedActions(actions: actions)
        }
        return (token, request)
    }

    /// A question that the channel takes.
    mutating func ask(
        _ request: InputRequest,
        about token: RequestToken?,
        relatedTask: String? = nil
    ) throws -> (ask: AskToken, actions: [ChannelAction]) {
        guard let asked = state.ask(request, about: token, relatedTask: relatedTask) else {
            throw UnexpectedActions(actions: [])
        }
        _ = recorded(asked.actions)
        return asked
    }
}

struct UnexpectedActions: Error {
    let actions: [ChannelAction]
}

extension ChannelAction {
    var message: JSONValue? {
        if case .send(let message, _) = self { message } else { nil }
    }
}
