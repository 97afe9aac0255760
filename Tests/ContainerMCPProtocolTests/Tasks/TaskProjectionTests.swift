// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct TaskProjectionTests {
    private static let server = ServerDescription(name: "s", version: "1")
    private static let question = InputQuestion(
        key: "overwrite-1",
        request: .elicitation(
            .form(message: "Replace?", ElicitationForm([ElicitationField("ok", .boolean())]))
        )
    )

    private static func task(
        _ outcome: TaskSnapshot.Outcome? = nil,
        questions: [InputQuestion] = []
    ) -> TaskSnapshot {
        TaskSnapshot(
            id: "q3",
            statusMessage: "running",
            createdAt: "2026-08-24T09:00:00Z",
            lastUpdatedAt: "2026-08-24T09:00:05Z",
            ttl: 1_800_000,
            pollInterval: 1_000,
            questions: questions,
            outcome: outcome
        )
    }

    private static let good = TaskSnapshot.Outcome.result(
        ToolResult(content: [.text("hi")], structuredContent: ["a": 1], meta: ["m": 1])
    )
    private static let toolError = TaskSnapshot.Outcome.result(
        ToolResult(content: [.text("no")], isError: true)
    )
    private static let failure = TaskSnapshot.Outcome.failure(JSONRPCError(.internalError, "broke", data: 5))

    private static func answer(
        _ task: TaskSnapshot,
        _ message: TaskMessage,
        _ revision: ProtocolRevision
    ) -> JSONValue {
        RequestOutcome.result(.task(task, message)).message(
            id: .integer(1),
            revision: revision,
            server: server
        )
    }

    private static func result(
        _ task: TaskSnapshot,
        _ message: TaskMessage,
        _ revision: ProtocolRevision
    ) -> JSONObject? {
        answer(task, message, revision)["result"]?.objectValue
    }

    @Test func `the handle of the extension is flat`() {
        var handle = Self.result(Self.task(), .handle, .v20260728)
        #expect(handle?.removeValue(forKey: "_meta")?[MetaKey.serverInfo]?["name"] == "s")
        #expect(
            handle == [
                "resultType": "task", "taskId": "q3", "status": "working", "statusMessage": "running",
                "createdAt": "2026-08-24T09:00:00Z", "lastUpdatedAt": "2026-08-24T09:00:05Z",
                "ttlMs": 1_800_000, "pollIntervalMs": 1_000,
            ]
        )
    }

    @Test func `the handle of the core form is nested`() {
        #expect(
            Self.result(Self.task(), .handle, .v20251125) == [
                "task": [
                    "taskId": "q3", "status": "working", "statusMessage": "running",
                    "createdAt": "2026-08-24T09:00:00Z", "lastUpdatedAt": "2026-08-24T09:00:05Z",
                    "ttl": 1_800_000, "pollInterval": 1_000,
                ]
            ]
        )
    }

    @Test(arguments: [nil, good, toolError, failure, .cancelled] as [TaskSnapshot.Outcome?])
    func `a handle never has a result, however the task went on`(outcome: TaskSnapshot.Outcome?) {
        let task = Self.task(outcome, questions: [Self.question])
        let modern = Self.result(task, .handle, .v20260728)
        for key in [
            "result", "error", "inputRequests", "requestState", "task", "ttl", "pollInterval", "content",
        ] {
            #expect(modern?[key] == nil)
        }
        #expect(modern?["resultType"] == "task")
        #expect(modern?["ttlMs"] == 1_800_000)
        #expect(modern?["cacheScope"] == nil)
        let core = Self.result(task, .handle, .v20251125)
        #expect(core?.keys == ["task"])
        #expect(core?["task"]?["status"] == "working")
    }

    private static let states: [(TaskSnapshot, core: String, modern: String, member: String?)] = [
        (task(), "working", "working", nil),
        (task(questions: [question]), "input_required", "input_required", "inputRequests"),
        (task(good), "completed", "completed", "result"),
        (task(good, questions: [question]), "completed", "completed", "result"),
        (task(toolError), "failed", "completed", "result"), (task(failure), "failed", "failed", "error"),
        (task(.cancelled), "cancelled", "cancelled", nil),
    ]

    @Test(arguments: states)
    func `each state has its name and its one member`(
        row: (task: TaskSnapshot, core: String, modern: String, member: String?)
    ) {
        let modern = Self.result(row.task, .get, .v20260728)
        #expect(modern?["resultType"] == "complete")
        #expect(modern?["status"] == .string(row.modern))
        #expect(modern?["ttlMs"] == 1_800_000)
        #expect(modern?["pollIntervalMs"] == 1_000)
        #expect(modern?["cacheScope"] == nil)
        for key in ["inputRequests", "result", "error"] {
            #expect((modern?[key] != nil) == (key == row.member))
        }
        let core = Self.result(row.task, .get, .v20251125)
        #expect(
            core?.keys == [
                "taskId", "status", "statusMessage", "createdAt", "lastUpdatedAt", "ttl", "pollInterval",
            ]
        )
        #expect(core?["status"] == .string(row.core))
    }

    @Test func `what stands inside the extension's task is complete in itself`() {
        #expect(
            Self.result(Self.task(Self.good), .get, .v20260728)?["result"] == [
                "resultType": "complete", "content": [["type": "text", "text": "hi"]],
                "structuredContent": ["a": 1], "isError": false, "_meta": ["m": 1],
            ]
        )
        #expect(
            Self.result(Self.task(Self.failure), .get, .v20260728)?["error"]
                == ["code": -32603, "message": "broke", "data": 5]
        )
        #expect(
            Self.result(Self.task(questions: [Self.question]), .get, .v20260728)?["inputRequests"]
                == ["overwrite-1": Self.question.request.jsonValue]
        )
    }

    @Test func `the answer to a cancellation is empty in one form and the task in the other`() {
        let task = Self.task(.cancelled)
        #expect(Self.result(task, .cancelled, .v20260728)?.keys == ["resultType", "_meta"])
        #expect(Self.result(task, .cancelled, .v20251125)?["status"] == "cancelled")
        #expect(Self.result(task, .cancelled, .v20251125)?["taskId"] == "q3")
    }

    @Test func `the result of the core form is the call's own, with the task named`() {
        let related: JSONValue = ["taskId": "q3"]
        let good = Self.result(Self.task(Self.good), .result, .v20251125)
        #expect(good?["content"] == [["type": "text", "text": "hi"]])
        #expect(good?["structuredContent"] == ["a": 1])
        #expect(good?["_meta"] == ["m": 1, MetaKey.relatedTask: related])
        let toolError = Self.result(Self.task(Self.toolError), .result, .v20251125)
        #expect(toolError?["isError"] == true)
        let cancelled = Self.result(Self.task(.cancelled), .result, .v20251125)
        #expect(cancelled?["isError"] == true)
        #expect(cancelled?["content"]?[0]?["text"]?.stringValue?.contains("cancelled") == true)
        #expect(cancelled?["_meta"] == [MetaKey.relatedTask: related])
        let failed = Self.answer(Self.task(Self.failure), .result, .v20251125)
        #expect(failed["error"] == ["code": -32603, "message": "broke", "data": 5])
        #expect(failed["result"] == nil)
        #expect(Self.answer(Self.task(), .result, .v20251125)["error"]?["code"] == -32603)
    }

    @Test func `a list of tasks exists in the core form only`() {
        let list = RequestOutcome.result(.tasks([Self.task(), Self.task(Self.good)], nextCursor: "n"))
        let core = list.message(id: .integer(1), revision: .v20251125, server: Self.server)["result"]
        #expect(core?["tasks"]?[1]?["status"] == "completed")
        #expect(core?["nextCursor"] == "n")
        #expect(core?["tasks"]?[0]?["_meta"] == nil)
        for revision in ProtocolRevision.allCases where revision != .v20251125 {
            let answer = list.message(id: .integer(1), revision: revision, server: Self.server)
            #expect(answer["error"]?["code"] == -32603)
        }
    }

    @Test(arguments: [TaskMessage.handle, .get, .cancelled, .result])
    func `no task is ever written in a revision without that message`(message: TaskMessage) {
        for revision in ProtocolRevision.allCases {
            let isKnown = revision == .v20251125 || (revision == .v20260728 && message != .result)
            let answer = Self.answer(Self.task(Self.good), message, revision)
            #expect((answer["result"] != nil) == isKnown)
            #expect((answer["error"]?["code"] == -32603) == !isKnown)
        }
    }

    @Test func `each form has its own notification`() {
        let task = Self.task(Self.good)
        let core = task.notification(for: .v20251125)
        #expect(core?.method == "notifications/tasks/status")
        #expect(core?.params == Self.result(task, .get, .v20251125))
        let modern = task.notification(for: .v20260728, subscription: .string("s4"))
        #expect(modern?.method == "notifications/tasks")
        #expect(modern == Subscription(id: .string("s4")).taskChanged(task))
        #expect(modern?.params?["_meta"] == ["io.modelcontextprotocol/subscriptionId": "s4"])
        #expect(modern?.params?["resultType"] == nil)
        #expect(modern?.params?["result"]?["resultType"] == "complete")
        #expect(task.notification(for: .v20260728) == nil)
        #expect(task.notification(for: .v20250618, subscription: .integer(1)) == nil)
    }

    @Test func `times are positive`() {
        let task = TaskSnapshot(id: "t", createdAt: "", lastUpdatedAt: "", ttl: -5, pollInterval: 0)
        #expect(Self.result(task, .get, .v20260728)?["ttlMs"] == 1)
        #expect(Self.result(task, .get, .v20251125)?["pollInterval"] == 1)
    }

    @Test func `the errors of tasks tell no more than they must`() {
        #expect(JSONRPCError.unknownTask.code == .invalidParams)
        #expect(JSONRPCError.taskHasEnded.code == .invalidParams)
        #expect(JSONRPCError.wrongTaskSupport("x", isRequired: true).code == .methodNotFound)
        #expect(JSONRPCError.wrongTaskSupport("x", isRequired: false).code == .methodNotFound)
        #expect(JSONRPCError.needsTasksExtension.modernHTTPStatus == 400)
    }
}
