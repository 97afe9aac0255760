// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct RequestDecodingTests {
    @Test func `absent arguments and parameters are empty`() throws {
        #expect(try ToolCall(["name": "echo"]).arguments == [:])
        #expect(try MCPRequest(.listTools, nil, in: .v20241105) == .listTools(cursor: nil))
        #expect(
            try MCPRequest(.listTools, ["cursor": ""], in: .v20260728) == .listTools(cursor: "")
        )
        #expect(
            try MCPRequest(.readResource, ["uri": "a:b"], in: .v20260728)
                == .readResource(uri: "a:b", resume: .none)
        )
        #expect(
            try MCPRequest(.setLogLevel, ["level": "alert"], in: .v20250618) == .setLogLevel(.alert)
        )
        #expect(try PromptRequest(["name": "p", "arguments": ["a": "b"]]).arguments == ["a": "b"])
        #expect(
            try MCPRequest(.listen, ["notifications": ["x": 1]], in: .v20260728)
                == .listen(SubscriptionFilter())
        )
    }

    private static let faulty: [(MethodName, JSONObject)] = [
        (.listPrompts, ["cursor": .null]), (.readResource, [:]), (.readResource, ["uri": 1]),
        (.subscribeResource, [:]), (.unsubscribeResource, ["uri": []]), (.getPrompt, [:]),
        (.getPrompt, ["name": "p", "arguments": ["a": 1]]), (.complete, [:]), (.complete, ["ref": [:]]),
        (.setLogLevel, ["level": "INFO"]), (.listen, [:]), (.listen, ["notifications": []]),
        (.listResources, ["cursor": 1]), (.listResourceTemplates, ["cursor": [:]]),
        (.complete, ["ref": ["type": "ref/other", "name": "p"], "argument": ["name": "a", "value": ""]]),
        (.complete, ["ref": ["type": "ref/prompt"], "argument": ["name": "a", "value": ""]]),
        (
            .complete,
            ["ref": ["type": "ref/resource", "name": "p"], "argument": ["name": "a", "value": ""]]
        ),
        (.complete, ["ref": ["type": "ref/prompt", "name": "p"], "argument": ["name": "a"]]),
        (.complete, ["ref": ["type": "ref/prompt", "name": "p"], "argument": ["name": "a", "value": 1]]),
        (
            .complete,
            [
                "ref": ["type": "ref/prompt", "name": "p"], "argument": ["name": "a", "value": ""],
                "context": ["arguments": ["b": 1]],
            ]
        ),
        (.listen, ["notifications": ["toolsListChanged": 1]]), (.listen, ["notifications": ["taskIds": "x"]]),
        (.listen, ["notifications": ["resourceSubscriptions": [1]]]),
        (.getTask, [:]), (.getTask, ["taskId": 1]), (.taskResult, [:]), (.listTasks, ["cursor": 1]),
        (.cancelTask, ["taskId": .null]), (.updateTask, ["taskId": "t"]),
        (.updateTask, ["taskId": "t", "inputResponses": []]), (.updateTask, ["inputResponses": [:]]),
    ]

    @Test(arguments: faulty)
    func `faulty parameters are invalid params`(method: MethodName, params: JSONObject) {
        do {
            _ = try MCPRequest(method, params, in: .v20260728)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .invalidParams)
        }
    }

    private static let completion: JSONObject = [
        "ref": ["type": "ref/resource", "uri": "a:{b}"], "argument": ["name": "b", "value": "x"],
        "context": ["arguments": ["c": "d"]],
    ]

    @Test(arguments: ProtocolRevision.allCases)
    func `a completion knows what is given from 2025-06-18 on`(revision: ProtocolRevision) throws {
        let request = try CompletionRequest(Self.completion, in: revision)
        #expect(request.reference == .resource("a:{b}"))
        #expect(request.argumentName == "b")
        #expect(request.argumentValue == "x")
        #expect(request.given == (revision >= .v20250618 ? ["c": "d"] : [:]))
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `answers and a wish for a task are read where the revision has them`(revision: ProtocolRevision)
        throws
    {
        let params: JSONObject = [
            "name": "n", "uri": "a:b", "inputResponses": ["k": 1], "requestState": "s", "task": ["ttl": 5.0],
        ]
        let resume = revision == .v20260728 ? InputResume(responses: ["k": 1], state: "s") : .none
        let call = try ToolCall(params, in: revision, offeringTasks: true)
        #expect(call.resume == resume)
        #expect(call.taskWish == (revision == .v20251125 ? TaskWish(ttl: 5) : nil))
        #expect(try ToolCall(params, in: revision, offeringTasks: false).taskWish == nil)
        #expect(try PromptRequest(params, in: revision).resume == resume)
        #expect(
            try MCPRequest(.readResource, params, in: revision) == .readResource(uri: "a:b", resume: resume)
        )
    }

    @Test(arguments: [[], "x", .null, ["ttl": "5"], ["ttl": 5.5], ["ttl": .null]] as [JSONValue])
    func `a wish for a task of the wrong type is refused only where it is read`(task: JSONValue) throws {
        let params: JSONObject = ["name": "n", "task": task]
        #expect(throws: JSONRPCError.self) { try ToolCall(params, in: .v20251125, offeringTasks: true) }
        for revision in ProtocolRevision.allCases where revision != .v20251125 {
            #expect(try ToolCall(params, in: revision, offeringTasks: true).taskWish == nil)
        }
    }

    @Test func `a wish for a task need not name a time`() throws {
        let call = try ToolCall(["name": "n", "task": [:]], in: .v20251125, offeringTasks: true)
        #expect(call.taskWish == TaskWish())
    }

    @Test func `requests about tasks are read`() throws {
        let id: JSONObject = ["taskId": "t", "inputResponses": ["a": 1]]
        #expect(try MCPRequest(.getTask, id, in: .v20260728) == .getTask(id: "t"))
        #expect(try MCPRequest(.taskResult, id, in: .v20251125) == .taskResult(id: "t"))
        #expect(try MCPRequest(.cancelTask, id, in: .v20251125) == .cancelTask(id: "t"))
        #expect(try MCPRequest(.listTasks, ["cursor": ""], in: .v20251125) == .listTasks(cursor: ""))
        #expect(
            try MCPRequest(.updateTask, id, in: .v20260728) == .updateTask(id: "t", responses: ["a": 1])
        )
    }

    @Test func `a filter names each thing once and says only what is wanted`() throws {
        let filter = try SubscriptionFilter([
            "toolsListChanged": true, "promptsListChanged": false, "resourceSubscriptions": ["a", "b", "a"],
            "taskIds": [], "unknown": 5,
        ])
        #expect(filter.resources == ["a", "b"])
        #expect(filter.includes(.tools) && !filter.includes(.prompts) && !filter.includes(.resources))
        #expect(filter.jsonValue == ["toolsListChanged": true, "resourceSubscriptions": ["a", "b"]])
        #expect(SubscriptionFilter().jsonValue == [:])
    }

    @Test func `only what is offered stays in a filter`() {
        let all = SubscriptionFilter(
            toolsListChanged: true,
            promptsListChanged: true,
            resourcesListChanged: true,
            resources: ["a"],
            taskIDs: ["t"]
        )
        #expect(all.offered(by: ServerCapabilities(tools: .init())) == SubscriptionFilter())
        #expect(all.offered(by: ChannelFixture.everything.capabilities) == all)
        #expect(
            all.offered(by: ServerCapabilities(resources: .init(canSubscribe: true)))
                == SubscriptionFilter(resources: ["a"])
        )
    }

    @Test func `a null progress token is none`() throws {
        #expect(try RequestMeta(["_meta": ["progressToken": .null]]).progressToken == nil)
        #expect(try RequestMeta(["_meta": ["progressToken": 0]]).progressToken?.jsonValue == 0)
        #expect(try RequestMeta(nil).progressToken == nil)
    }

    private static let capabilities: [(JSONObject, Bool, Bool)] = [
        ([:], false, false), (["elicitation": [:]], true, false),
        (["elicitation": ["form": [:]]], true, false),
        (["elicitation": ["url": [:]]], false, true),
        (["elicitation": ["form": [:], "url": [:]]], true, true),
        (["elicitation": true], false, false),
    ]

    @Test(arguments: capabilities)
    func `elicitation modes are read from the declaration`(declared: JSONObject, form: Bool, url: Bool) {
        let capabilities = ClientCapabilities(declared)
        #expect(capabilities.hasFormElicitation == form)
        #expect(capabilities.hasURLElicitation == url)
    }

    @Test func `an extension is declared by an object only`() {
        let capabilities = ClientCapabilities(["extensions": ["a": [:], "b": true]])
        #expect(capabilities.declares(extension: "a"))
        #expect(!capabilities.declares(extension: "b"))
        #expect(!capabilities.declares(extension: "c"))
    }

    @Test func `log levels are ordered`() {
        #expect(
            LogLevel.allCases.sorted() == [
                .debug, .info, .notice, .warning, .error, .critical, .alert, .emergency,
            ]
        )
        #expect(LogLevel.debug < .emergency)
    }

    @Test func `pages follow each other to the end`() throws {
        let items = (0..<25).map { "tool\($0)" }
        var cursor: String?
        var seen: [String] = []
        var pages = 0
        repeat {
            let page = try ListCursor.page(of: items, from: cursor, size: 10) { $0 }
            seen += page.items
            cursor = page.next
            pages += 1
        } while cursor != nil
        #expect(seen == items)
        #expect(pages == 3)
        #expect(try ListCursor.page(of: [String](), from: nil, size: 0) { $0 }.next == nil)
    }

    @Test(arguments: ["", "x", "0", ".10", "-1", "99999999999999999999", "zz.10", "10.", " 10"])
    func `a cursor that was not given out is refused`(cursor: String) {
        let items = (0..<25).map { "tool\($0)" }
        do {
            _ = try ListCursor.page(of: items, from: cursor, size: 10) { $0 }
            Issue.record("accepted")
        } catch {
            #expect(error.code == .invalidParams)
        }
    }

    @Test func `a cursor of another list is refused`() throws {
        let items = (0..<25).map { "tool\($0)" }
        let next = try #require(try ListCursor.page(of: items, from: nil, size: 10) { $0 }.next)
        #expect(throws: JSONRPCError.self) {
            try ListCursor.page(of: items.reversed(), from: next, size: 10) { $0 }
        }
        let position = next.split(separator: ".").first.map { "\($0).25" } ?? ""
        #expect(throws: JSONRPCError.self) { try ListCursor.page(of: items, from: position, size: 10) { $0 } }
    }
}
