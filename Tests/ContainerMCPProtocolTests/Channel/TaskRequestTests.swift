// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct TaskRequestTests {
    private static let declared = #"{"extensions":{"io.modelcontextprotocol/tasks":{}}}"#
    private static let methods = ["tasks/get", "tasks/result", "tasks/list", "tasks/cancel", "tasks/update"]
    private static let params = #""taskId":"t","inputResponses":{}"#

    @Test(arguments: methods)
    func `each form of tasks exists in its own revision`(method: String) throws {
        for revision in ProtocolRevision.allCases where revision.era == .legacy {
            var channel = ChannelFixture.ready(revision)
            let request = ChannelFixture.request(method, params: "{\(Self.params)}")
            if revision == .v20251125, method != "tasks/update" {
                _ = try channel.start(request)
            } else {
                #expect(try channel.errorCode(of: request) == -32601)
            }
        }
        var modern = ChannelFixture(server: ChannelFixture.everything)
        let request = ChannelFixture.modern(method, params: Self.params, capabilities: Self.declared)
        if ["tasks/get", "tasks/cancel", "tasks/update"].contains(method) {
            _ = try modern.start(request)
        } else {
            #expect(try modern.errorCode(of: request) == -32601)
        }
    }

    @Test(arguments: methods)
    func `without tasks on the server there are none in any revision`(method: String) throws {
        var session = ChannelFixture.initialized(.v20251125)
        #expect(
            try session.errorCode(of: ChannelFixture.request(method, params: "{\(Self.params)}")) == -32601
        )
        var modern = ChannelFixture()
        let request = ChannelFixture.modern(method, params: Self.params, capabilities: Self.declared)
        #expect(try modern.errorCode(of: request) == -32601)
    }

    @Test(arguments: [
        "{}", #"{"extensions":{}}"#, #"{"extensions":{"io.modelcontextprotocol/tasks":true}}"#,
        #"{"extensions":{"io.modelcontextprotocol/tasks":null}}"#, #"{"tasks":{"list":{}}}"#,
        #"{"extensions":[]}"#,
    ])
    func `a modern request must declare the extension`(capabilities: String) throws {
        var channel = ChannelFixture(server: ChannelFixture.everything)
        let requests = ["tasks/get", "tasks/cancel", "tasks/update"].map {
            ChannelFixture.modern($0, capabilities: capabilities)
        }
        let listen = ChannelFixture.modern(
            "subscriptions/listen",
            params: #""notifications":{"taskIds":["t"]}"#,
            capabilities: capabilities
        )
        for request in requests + [listen] {
            let error = try channel.answer(to: request)["error"]
            #expect(
                error == [
                    "code": -32021, "message": "this request needs the tasks extension",
                    "data": [
                        "requiredCapabilities": ["extensions": ["io.modelcontextprotocol/tasks": [:]]]
                    ],
                ]
            )
        }
        for method in ["tasks/result", "tasks/list"] {
            let request = ChannelFixture.modern(method, capabilities: capabilities)
            #expect(try channel.errorCode(of: request) == -32601)
        }
        _ = try channel.start(
            ChannelFixture.modern("subscriptions/listen", params: #""notifications":{}"#)
        )
    }

    @Test func `a server without tasks ignores the tasks of a filter`() throws {
        var server = ChannelFixture.everything
        server.capabilities.tasks = false
        var channel = ChannelFixture(server: server)
        _ = try channel.start(
            ChannelFixture.modern("subscriptions/listen", params: #""notifications":{"taskIds":["t"]}"#)
        )
    }

    struct Row: Sendable {
        var method = "tasks/get"
        var params: JSONObject = ["taskId": "t"]
        var names = ["t"]
        var isDeclared = true
        let code: Int?
    }

    @Test(arguments: [
        Row(code: nil), Row(names: ["T"], code: -32020), Row(names: [], code: -32020),
        Row(names: ["t", "t"], code: -32020), Row(params: [:], code: -32602),
        Row(params: ["taskId": 5], code: -32602), Row(isDeclared: false, code: -32021),
        Row(names: [], isDeclared: false, code: -32020),
        Row(params: [:], isDeclared: false, code: -32602),
        Row(method: "tasks/update", code: -32602),
        Row(method: "tasks/update", params: ["taskId": "t", "inputResponses": [:]], code: nil),
        Row(method: "tasks/update", params: ["taskId": "t", "inputResponses": []], code: -32602),
        Row(method: "tasks/cancel", code: nil), Row(method: "tasks/cancel", names: [], code: -32020),
        Row(method: "tasks/list", params: [:], names: [], code: -32601),
        Row(method: "tasks/result", names: [], isDeclared: false, code: -32601),
        Row(method: "tasks/other", params: [:], names: [], code: -32601),
    ])
    func `the name in the header is the task`(row: Row) {
        var params = row.params
        params["_meta"] = [
            MetaKey.protocolVersion: "2026-07-28",
            MetaKey.clientCapabilities: row.isDeclared ? ["extensions": [ExtensionName.tasks: [:]]] : [:],
        ]
        let headers = MirroredHeaders(
            versions: ["2026-07-28"],
            methods: [row.method],
            names: row.names
        )
        do {
            _ = try ModernLadder(server: ChannelFixture.everything).admit(
                JSONRPCRequest(id: .integer(1), method: row.method, params: params),
                headers: headers
            )
            #expect(row.code == nil)
        } catch {
            #expect(error.code.rawValue == row.code)
            #expect(error.modernHTTPStatus == (row.code == -32601 ? 404 : 400))
        }
    }

    @Test func `a wish for a task reaches the call in 2025-11-25 only`() throws {
        let text = ChannelFixture.request("tools/call", params: #"{"name":"echo","task":{"ttl":9}}"#)
        for revision in ProtocolRevision.allCases where revision.era == .legacy {
            var channel = ChannelFixture.ready(revision)
            guard case .callTool(let call) = try channel.start(text).request.request else { continue }
            #expect(call.taskWish == (revision == .v20251125 ? TaskWish(ttl: 9) : nil))
        }
        let faulty = ChannelFixture.request("tools/call", params: #"{"name":"echo","task":5}"#)
        var current = ChannelFixture.ready(.v20251125)
        #expect(try current.errorCode(of: faulty) == -32602)
        var without = ChannelFixture.initialized(.v20251125)
        _ = try without.start(faulty)
        var older = ChannelFixture.ready(.v20250618)
        _ = try older.start(faulty)
    }

    @Test(
        arguments: [
            ("greet", nil), ("gr\u{FC}\u{DF}", nil), ("other", -32602), ("Greet", -32602),
            // The same to Unicode, and still another name.
            ("gru\u{308}\u{DF}", -32602),
        ] as [(String, Int?)]
    )
    func `a prompt is found by its exact name before it is asked for`(name: String, code: Int?) throws {
        for modern in [false, true] {
            var channel = ChannelFixture.ready(.v20251125)
            let request =
                modern
                ? ChannelFixture.modern("prompts/get", params: "\"name\":\"\(name)\"")
                : ChannelFixture.request("prompts/get", params: "{\"name\":\"\(name)\"}")
            if let code {
                #expect(try channel.errorCode(of: request) == code)
            } else {
                _ = try channel.start(request)
            }
        }
    }
}
