// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting

@testable import ContainerMCPCore

/// A service whose tools can become tasks, and which a test lets go on.
struct TaskFixture {
    static let tasks: JSONObject = [
        "elicitation": [:], "extensions": ["io.modelcontextprotocol/tasks": [:]],
    ]
    static let forms: JSONObject = ["elicitation": [:]]

    let fixture: ServiceFixture
    let gate: Gate
    let clock = Clock(1_750_000_000_000)

    init(
        _ limits: JobLimits = JobLimits(),
        grace: Duration = .seconds(600),
        running: Int = 4
    ) throws {
        let gate = Gate()
        self.gate = gate
        var options = ServiceOptions(tasks: limits)
        let clock = clock
        options.taskTime = { clock.now }
        fixture = ServiceFixture(
            try HostFixture(
                ScriptedRunner { run in
                    run.request.arguments.last == "quick" ? .ends(.success) : .waits(gate, then: .success)
                },
                limits: HostFixture.limits(running: running, session: 64),
                further: Self.tools(gate),
                bounds: HostFixture.bounds(grace: grace)
            ),
            options
        )
    }

    private static func tools(_ gate: Gate) -> [any Tool] {
        @Sendable func wait() async throws(ToolError) {
            guard await gate.pass() else { throw ToolError(.cancelled, "given up") }
        }
        return [
            ScriptedTool("plain") { _, _ async throws(ToolError) in .text("plain") },
            ScriptedTool("slow", effects: .runsPrograms, taskSupport: .optional(.atOnce)) {
                _,
                _ async throws(ToolError) in
                try await wait()
                return .text("done")
            },
            ScriptedTool("only", taskSupport: .required(.atOnce)) { _, _ async throws(ToolError) in
                .text("only")
            },
            ScriptedTool("wrong", taskSupport: .optional(.atOnce)) { _, _ async throws(ToolError) in
                throw ToolError(.notFound, "there is nothing")
            },
            ScriptedTool("broken", taskSupport: .optional(.atOnce)) { _, _ async throws(ToolError) in
                throw ToolError(JSONRPCError(.internalError, "it broke", data: ["why": 1]))
            },
            ScriptedTool("asker", effects: .runsPrograms, taskSupport: .optional(.atOnce)) {
                _,
                context async throws(ToolError) in
                let name = try context.answer("who", to: .name).text("name")
                try await wait()
                return .text("Hello \(name)")
            },
            ScriptedTool("leaver", taskSupport: .optional(.onDetach)) { _, context async throws(ToolError) in
                let name = try context.answer("who", to: .name).text("name")
                context.progress(1)
                await context.detach()
                context.progress(2)
                try await wait()
                context.progress(3)
                return .text("Hello \(name)")
            },
            ScriptedTool("talker", taskSupport: .optional(.atOnce)) { _, context async throws(ToolError) in
                context.progress(1, of: 3, message: "one")
                context.log(.error, "trouble")
                context.log(.debug, "detail")
                try await wait()
                context.progress(2, of: 3)
                context.progress(2, of: 3)
                context.progress(3, of: 3)
                return .text("said")
            },
        ]
    }

    /// A call in the form of 2025-11-25.
    static func core(_ tool: String, _ arguments: JSONObject = [:], ttl: Int64? = nil) -> JSONObject {
        var task = JSONObject()
        task["ttl"] = ttl.map { .integer($0) }
        return ["name": .string(tool), "arguments": .object(arguments), "task": .object(task)]
    }

    /// The member that everything about a task carries in 2025-11-25.
    static func related(_ message: JSONValue?) -> String? {
        let meta = message?["_meta"] ?? message?["params"]?["_meta"] ?? message?["result"]?["_meta"]
        return meta?["io.modelcontextprotocol/related-task"]?["taskId"]?.stringValue
    }
}

/// A session whose requests have ways of their own, as over HTTP before 2026-07-28.
struct RoutedSession {
    let server: ChannelServer
    /// What has no way of its own.
    let unrelated = News()
    private let recording = WireRecording(.lines)

    init(_ fixture: ServiceFixture, _ capabilities: JSONObject, subject: Subject = .anonymous) async {
        let (unrelated, recording) = (unrelated, recording)
        server = ChannelServer(
            service: fixture.service,
            subject: subject,
            session: "session",
            isByteChannel: false
        ) { bytes in
            recording.server(bytes + [0x0A])
            if let message = try? JSONValue(parsing: bytes) { unrelated.add(message) }
        }
        await post([
            "jsonrpc": "2.0", "id": "init", "method": "initialize",
            "params": [
                "protocolVersion": "2025-11-25", "capabilities": .object(capabilities),
                "clientInfo": ["name": "t", "version": "1"],
            ],
        ])
        await post(["jsonrpc": "2.0", "method": "notifications/initialized"])
    }

    /// Posts a message, and returns when its exchange is over.
    @discardableResult
    func post(_ message: JSONValue, isAnswerOnly: Bool = false) async -> News {
        let news = News()
        recording.client(message)
        await server.exchange(message, over: news.route(isAnswerOnly: isAnswerOnly, recording))
        return news
    }

    /// Begins a request; what is said about it comes to the news.
    func begin(
        _ id: Int64,
        _ method: String,
        _ params: JSONObject,
        isAnswerOnly: Bool = false
    ) -> (news: News, task: Task<Void, Never>) {
        let news = News()
        let message: JSONValue = [
            "jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": .object(params),
        ]
        recording.client(message)
        let route = news.route(isAnswerOnly: isAnswerOnly, recording)
        let task = Task { await server.exchange(message, over: route) }
        return (news, task)
    }

    /// Sends a request and gives its answer.
    func request(_ id: Int64, _ method: String, _ params: JSONObject) async -> JSONValue {
        let (news, task) = begin(id, method, params)
        await task.value
        return news.messages.first { $0["method"] == nil } ?? .null
    }

    /// Answers a request of the server.
    func answer(_ question: JSONValue, _ result: JSONObject) async {
        await post(["jsonrpc": "2.0", "id": question["id"] ?? .null, "result": .object(result)])
    }
}
