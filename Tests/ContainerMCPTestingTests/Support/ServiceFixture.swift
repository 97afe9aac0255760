// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

/// A service over a host of a test, and the two kinds of clients that talk to it.
struct ServiceFixture {
    let host: HostFixture
    let service: MCPService

    init(_ host: HostFixture, _ options: ServiceOptions = ServiceOptions()) {
        self.host = host
        service = MCPService(host: host.host, name: "test", version: "1", instructions: nil, options: options)
    }

    init(
        _ tools: [any Tool],
        rules: [any PolicyRule] = [],
        prompts: [any Prompt] = [],
        providers: [any ResourceProvider] = [],
        options: ServiceOptions = ServiceOptions()
    ) throws(ToolError) {
        self.init(
            try HostFixture(
                ScriptedRunner(.ends(.success)),
                further: tools,
                rules: rules,
                prompts: prompts,
                providers: providers
            ),
            options
        )
    }

    var catalogue: Catalogue { host.host.catalogue }

    /// A client that has no connection to speak of, as over HTTP in 2026-07-28.
    func stateless(
        _ capabilities: JSONObject = [:],
        subject: Subject = .anonymous,
        conversation: ConversationID? = nil
    ) -> StatelessClient {
        StatelessClient(
            service: service,
            capabilities: capabilities,
            caller: Caller(subject: subject, session: "http", conversation: conversation)
        )
    }

    /// Waits for the end of a task.
    func end(of id: String?, for caller: Caller) async throws -> TaskSnapshot {
        let id = try #require(id)
        return try await service.parts.jobs.waitForEnd(of: id, for: JobOwner(caller), isClient: false)
    }

    /// Serves a client on a byte channel in memory; what is left when it is done was given up.
    func channel(
        subject: Subject = .anonymous,
        limits: ChannelLimits = ChannelLimits(requestsInFlight: 512),
        answerTime: Duration = .seconds(600),
        _ body: (InMemoryClient) async throws -> Void
    ) async throws {
        let client = InMemoryClient(InMemoryTransport())
        async let served: Void = client.transport.run(
            service,
            subject: subject,
            limits: limits,
            answerTime: answerTime
        )
        do {
            try await body(client)
        } catch {
            client.transport.endInput()
            await served
            throw error
        }
        client.transport.endInput()
        await served
        #expect(host.runner.running == 0)
    }
}

extension InMemoryClient {
    /// What was kept and nobody asked for, without what the host logs about each call.
    func quiet() async -> [JSONValue] {
        await unread().filter { !$0.isCallLog }
    }
}

extension JSONValue {
    /// Whether it is what the host logs about each call.
    var isCallLog: Bool { self["params"]?["logger"] == "calls" }
    /// The result of a response.
    var result: JSONValue? { self["result"] }
    /// The code of an error response.
    var errorCode: JSONValue? { self["error"]?["code"] }
    /// The text of the first block of a tool's result.
    var text: String? { self["result"]?["content"]?[0]?["text"]?.stringValue }
    /// Whether it is a tool's result that is marked as an error.
    var isToolError: Bool { self["result"]?["isError"] == true }
    /// The parameters of a message.
    var params: JSONValue? { self["params"] }
    /// The sealed state of a result that asks.
    var state: String? { self["result"]?["requestState"]?.stringValue }
    /// The keys that a result asks for.
    var asked: [String] { self["result"]?["inputRequests"]?.objectValue?.keys ?? [] }
    /// The identifier of the task that a result hands over, in either form.
    var taskID: String? {
        (self["result"]?["taskId"] ?? self["result"]?["task"]?["taskId"])?.stringValue
    }
}

extension InputRequest {
    /// A form that asks for a name.
    static let name = InputRequest.elicitation(
        .form(message: "Who?", ElicitationForm([ElicitationField("name", .text(), isRequired: true)]))
    )
    /// A form that asks for a number.
    static let age = InputRequest.elicitation(
        .form(message: "How old?", ElicitationForm([ElicitationField("age", .integer(), isRequired: true)]))
    )
    /// An address to open.
    static let page = InputRequest.elicitation(.url(message: "Open it.", url: "https://example.test/"))
    /// A question to the model.
    static let model = InputRequest.sampling(SamplingRequest(messages: [.user("Hi")], maxTokens: 9))
}

extension JSONObject {
    /// A user's answer to ``InputRequest/name``.
    static func named(_ name: String) -> JSONObject {
        ["action": "accept", "content": ["name": .string(name)]]
    }

    /// A user's answer to a question for approval.
    static func decided(_ word: String) -> JSONObject {
        ["action": "accept", "content": ["decision": .string(word)]]
    }
}

extension InputAnswer {
    /// A text that was filled in.
    func text(_ field: String) -> String {
        guard case .elicitation(.accept, let content) = self else { return "nobody" }
        return content[field]?.stringValue ?? content[field]?.int64Value.map(String.init) ?? ""
    }
}

extension ToolOutput {
    static func text(_ text: String) -> ToolOutput { .content([.text(text)]) }
}
