// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct SubscriptionTests {
    private static let listen = ChannelFixture.modern(
        "subscriptions/listen",
        id: "\"s1\"",
        params: #""notifications":{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}"#,
        meta: #""progressToken":1,"io.modelcontextprotocol/logLevel":"debug""#
    )

    @Test func `a stream of changes runs until the client cancels it`() throws {
        var channel = ChannelFixture(server: ChannelFixture.everything)
        let (token, admitted) = try channel.start(Self.listen)
        guard case .listen(let filter) = admitted.request else {
            Issue.record("\(admitted)")
            return
        }
        #expect(filter == SubscriptionFilter(toolsListChanged: true, resources: ["a:b"]))
        #expect(channel.state.listening == [token])
        let messages = Subscription(id: admitted.id)
        #expect(
            channel.state.notify(messages.acknowledgement(of: filter), about: token) == [
                .send(
                    [
                        "jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged",
                        "params": [
                            "_meta": ["io.modelcontextprotocol/subscriptionId": "s1"],
                            "notifications": [
                                "toolsListChanged": true, "resourceSubscriptions": ["a:b"],
                            ],
                        ],
                    ],
                    about: token
                )
            ]
        )
        let updated = channel.state.notify(messages.resourceUpdated(uri: "a:b"), about: token).first?.message
        #expect(updated?["method"] == "notifications/resources/updated")
        #expect(
            updated?["params"] == [
                "_meta": ["io.modelcontextprotocol/subscriptionId": "s1"], "uri": "a:b",
            ]
        )
        #expect(channel.state.progress(ProgressUpdate(1), about: token) == [])
        #expect(channel.state.log(LogEntry(.emergency, data: 1), about: token) == [])
        #expect(channel.receive(ChannelFixture.cancel("\"s1\"")) == [.cancel(token)])
        #expect(channel.state.listening == [])
        #expect(channel.state.notify(messages.listChanged(.tools), about: token) == [])
        #expect(channel.state.finishedListening(token) == [])
        #expect(channel.state.finished(token, .result(messages.result)) == [])
        #expect(channel.state.isIdle)
    }

    @Test(arguments: [true, false])
    func `a stream that we end has a result and then a cancellation`(byName: Bool) throws {
        var channel = ChannelFixture(server: ChannelFixture.everything)
        let (token, _) = try channel.start(Self.listen)
        let actions =
            byName
            ? channel.state.finishedListening(token) : channel.state.finished(token, .result(.empty))
        #expect(
            actions == [
                .send(
                    [
                        "jsonrpc": "2.0", "id": "s1",
                        "result": [
                            "resultType": "complete",
                            "_meta": [
                                "io.modelcontextprotocol/subscriptionId": "s1",
                                "io.modelcontextprotocol/serverInfo": [
                                    "name": "sandbox", "version": "1.0.0",
                                ],
                            ],
                        ],
                    ],
                    about: token
                ),
                .send(
                    [
                        "jsonrpc": "2.0", "method": "notifications/cancelled",
                        "params": ["requestId": "s1"],
                    ],
                    about: token
                ),
            ]
        )
        #expect(channel.state.finishedListening(token) == [])
        #expect(channel.state.finished(token, .result(.empty)) == [])
        #expect(channel.state.isIdle)
    }

    @Test func `a stream that is refused has an error only`() throws {
        var channel = ChannelFixture(server: ChannelFixture.everything)
        let (token, _) = try channel.start(Self.listen)
        let actions = channel.state.finished(token, .failure(.busy(running: 9)))
        #expect(actions.count == 1)
        #expect(actions.first?.message?["error"]?["code"] == -32603)
    }

    @Test func `only streams of changes end that way`() throws {
        var channel = ChannelFixture(server: ChannelFixture.everything)
        let (token, _) = try channel.start(ChannelFixture.modern("tools/list"))
        #expect(channel.state.finishedListening(token) == [])
        #expect(channel.state.listening == [])
        #expect(channel.state.finished(token, .result(.empty)).count == 1)
    }

    @Test func `the identifier keeps its type`() {
        let message = Subscription(id: .integer(0)).listChanged(.prompts)
        #expect(message.method == "notifications/prompts/list_changed")
        #expect(message.params == ["_meta": ["io.modelcontextprotocol/subscriptionId": 0]])
    }

    @Test func `a stream needs something to carry`() throws {
        var server = ChannelFixture.everything
        server.capabilities = ServerCapabilities(tools: .init())
        var channel = ChannelFixture(server: server)
        #expect(try channel.errorCode(of: Self.listen) == -32601)
        server.capabilities.tasks = true
        channel = ChannelFixture(server: server)
        _ = try channel.start(Self.listen)
        var session = ChannelFixture.ready(.v20251125)
        let legacy = ChannelFixture.request("subscriptions/listen", params: #"{"notifications":{}}"#)
        #expect(try session.errorCode(of: legacy) == -32601)
    }

    @Test(arguments: ListKind.allCases)
    func `a session that is ready is told of changed lists that are announced`(list: ListKind) {
        let message: JSONValue = [
            "jsonrpc": "2.0", "method": .string("notifications/\(list.rawValue)/list_changed"),
        ]
        for revision in ProtocolRevision.allCases where revision.era == .legacy {
            var channel = ChannelFixture.initialized(revision, server: ChannelFixture.everything)
            #expect(channel.state.listChanged(list) == [])
            _ = channel.receive(ChannelFixture.ready)
            #expect(channel.state.listChanged(list) == [.send(message, about: nil)])
            channel.state.server.capabilities = ServerCapabilities(
                tools: .init(),
                resources: .init(canSubscribe: true),
                prompts: .init()
            )
            #expect(channel.state.listChanged(list) == [])
        }
        #expect(ChannelFixture(server: ChannelFixture.everything).state.listChanged(list) == [])
    }

    @Test func `a session is told of resources and of its tasks when it is ready`() throws {
        let task = TaskSnapshot(id: "t", createdAt: "c", lastUpdatedAt: "u", ttl: 5, pollInterval: 6)
        var channel = ChannelFixture.initialized(.v20251125, server: ChannelFixture.everything)
        #expect(channel.state.resourceUpdated(uri: "a:b") == [])
        #expect(channel.state.taskChanged(task) == [])
        _ = channel.receive(ChannelFixture.ready)
        let updated = channel.state.resourceUpdated(uri: "a:b").first?.message
        #expect(updated?["method"] == "notifications/resources/updated")
        #expect(updated?["params"] == ["uri": "a:b"])
        let changed = channel.state.taskChanged(task).first?.message
        #expect(changed?["method"] == "notifications/tasks/status")
        #expect(changed?["params"]?["taskId"] == "t")
        channel.state.server.capabilities.resources?.canSubscribe = false
        channel.state.server.capabilities.tasks = false
        #expect(channel.state.resourceUpdated(uri: "a:b") == [])
        #expect(channel.state.taskChanged(task) == [])
        #expect(ChannelFixture.ready(.v20250618).state.taskChanged(task) == [])
    }

    @Test(arguments: ["resources/subscribe", "resources/unsubscribe"])
    func `a legacy subscription is a request like any other and answers nothing`(method: String) throws {
        var channel = ChannelFixture.ready(.v20241105)
        let (token, request) = try channel.start(ChannelFixture.request(method, params: #"{"uri":"a:b"}"#))
        #expect(
            request.request
                == (method.hasSuffix("unsubscribe")
                    ? .unsubscribeResource(uri: "a:b") : .subscribeResource(uri: "a:b"))
        )
        #expect(channel.state.finished(token, .result(.empty)).first?.message?["result"] == [:])
    }

    @Test func `log messages and progress name the task they are about`() throws {
        var channel = ChannelFixture.ready(.v20251125)
        let related: JSONValue = ["io.modelcontextprotocol/related-task": ["taskId": "t"]]
        let entry = LogEntry(.info, data: 1)
        let session = channel.state.log(entry, relatedTask: "t").first?.message
        #expect(session?["params"]?["_meta"] == related)
        let (token, admitted) = try channel.start(
            ChannelFixture.request("tools/call", params: #"{"name":"echo","_meta":{"progressToken":"p"}}"#)
        )
        let own = channel.state.log(entry, about: token, relatedTask: "t").first?.message
        #expect(own?["params"]?["_meta"] == related)
        #expect(channel.state.log(entry, about: token).first?.message?["params"]?["_meta"] == nil)
        var notifications = RequestNotifications(admitted.context, relatedTask: "t")
        let update = notifications.progress(ProgressUpdate(1))
        let progress = try #require(update)
        #expect(progress["params"] == ["progressToken": "p", "progress": 1, "_meta": related])
        #expect(channel.state.notify(progress, about: nil) == [.send(progress, about: nil)])
        let older = ChannelFixture.ready(.v20250618)
        #expect(older.state.log(entry, relatedTask: "t").first?.message?["params"]?["_meta"] == nil)
    }
}
