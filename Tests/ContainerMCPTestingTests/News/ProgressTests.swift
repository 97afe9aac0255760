// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct ProgressTests {
    private static let steps = ScriptedTool("steps") { _, context async throws(ToolError) in
        for value in [1, 2, 2, 1, .nan, .infinity, -.infinity, 3, 2.5, 4] as [Double] {
            context.progress(value, of: 4, message: "at \(value)")
        }
        return .text(context.wantsProgress ? "told" : "silent")
    }

    private func values(_ messages: [JSONValue]) -> [Double] {
        messages.filter { $0["method"] == "notifications/progress" }
            .compactMap { $0.params?["progress"]?.doubleValue }
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `progress grows from message to message, with the token as it came`(revision: ProtocolRevision)
        async throws
    {
        let fixture = try ServiceFixture([Self.steps])
        for token: JSONValue in ["a", 7, "7", .integer(.max)] {
            try await fixture.channel { client in
                var meta: JSONValue = ["progressToken": token]
                if revision == .v20260728 {
                    meta = InMemoryClient.meta([:], ["progressToken": token])
                } else {
                    try await client.initialize(revision)
                }
                let id = await client.send("tools/call", ["name": "steps", "_meta": meta])
                #expect(try await client.response(to: id)?.text == "told")
                let messages = await client.quiet()
                #expect(values(messages) == [1, 2, 3, 4])
                for message in messages {
                    #expect(message.params?["progressToken"] == token && message.params?["total"] == 4)
                    #expect((message.params?["message"] != nil) == (revision >= .v20250326))
                }
            }
        }
    }

    @Test func `without a token nothing is told`() async throws {
        let fixture = try ServiceFixture([Self.steps])
        try await fixture.channel { client in
            try await client.initialize(.v20251125)
            for meta: JSONValue in [[:], ["progressToken": .null]] {
                let answer = try await WireRecording.$isBrokenOnPurpose.withValue(meta != [:]) {
                    try await client.request("tools/call", ["name": "steps", "_meta": meta])
                }
                #expect(answer?.text == "silent")
            }
            for token: JSONValue in [1.5, true, [], [:]] {
                let params: JSONObject = ["name": "steps", "_meta": ["progressToken": token]]
                #expect(try await client.request("tools/call", params)?.errorCode == -32602)
            }
            #expect(await client.quiet() == [])
        }
        let news = News()
        #expect(
            await fixture.stateless().request("tools/call", ["name": "steps"], news: news).text == "silent"
        )
        #expect(news.messages == [])
    }

    @Test(arguments: ["system_run_command", "system_run_python"])
    func `what a program prints is told while it runs`(tool: String) async throws {
        let gate = Gate()
        let runner = ScriptedRunner(
            .prints("one", then: .pauses(gate, then: .prints("two €", then: .ends(.success))))
        )
        let fixture = ServiceFixture(try HostFixture(runner))
        try await fixture.channel { client in
            try await client.initialize(.v20251125)
            let name = tool == "system_run_command" ? "command" : "code"
            let id = await client.send(
                "tools/call",
                [
                    "name": .string(tool), "arguments": .object([name: "true"]),
                    "_meta": ["progressToken": "p"],
                ]
            )
            // The program has not ended yet.
            let first = try #require(try await client.next("notifications/progress"))
            #expect(first.params?["message"] == "one" && first.params?["progress"]?.doubleValue == 3)
            #expect(runner.running == 1)
            gate.open()
            #expect(try await client.response(to: id)?.isToolError == false)
            let rest = await client.quiet()
            #expect(rest.compactMap { $0.params?["message"]?.stringValue }.joined() == "two €")
            #expect(values(rest).last == 10 && values(rest) == values(rest).sorted())
        }
    }

    @Test func `nothing of what a program prints is told to a client that did not ask`() async throws {
        let runner = ScriptedRunner(.prints("one", then: .ends(.success)))
        let fixture = ServiceFixture(try HostFixture(runner))
        try await fixture.channel { client in
            try await client.initialize(.v20251125)
            let call: JSONObject = ["name": "system_run_command", "arguments": ["command": "true"]]
            #expect(try await client.request("tools/call", call)?.isToolError == false)
            #expect(await client.quiet() == [])
        }
        #expect(runner.runs.first?.request.onOutput == nil)
    }

    @Test func `nothing is told after the answer, nor after a cancellation`() async throws {
        final class Box: Sendable {
            let gate = Gate()
            let late = Gate()
            let told = News()
        }
        let box = Box()
        let tool = ScriptedTool("late") { arguments, context async throws(ToolError) in
            // Goes on when the call is long over.
            Task {
                _ = await box.gate.pass()
                context.progress(5)
                context.log(.error, "late")
                box.told.add("told")
            }
            if arguments["stay"] != nil { _ = await box.late.pass() }
            return .text("done")
        }
        let fixture = try ServiceFixture([tool])
        try await fixture.channel { client in
            try await client.initialize(.v20251125)
            let params: JSONObject = ["name": "late", "_meta": ["progressToken": "p"]]
            #expect(try await client.request("tools/call", params)?.text == "done")
            let stay = await client.send("tools/call", ["name": "late", "arguments": ["stay": 1]])
            while box.late.waiting == 0 { await Task.yield() }
            await client.cancel(stay)
            #expect(try await client.request("ping")?.result == [:])
            box.gate.open()
            await box.told.reached(2)
            #expect(try await client.request("ping")?.result == [:])
            #expect(await client.quiet() == [])
        }
    }

    @Test func `a flood of progress is cut and the last answer comes`() async throws {
        let tool = ScriptedTool("flood") { _, context async throws(ToolError) in
            for number in 1...5_000 { context.progress(Double(number)) }
            return .text("done")
        }
        let fixture = try ServiceFixture([tool])
        try await fixture.channel { client in
            try await client.initialize(.v20251125)
            let params: JSONObject = ["name": "flood", "_meta": ["progressToken": "p"]]
            let id = await client.send("tools/call", params)
            #expect(try await client.response(to: id)?.text == "done")
            let told = values(await client.quiet())
            #expect(told.count >= 200 && told.count < 2_500 && told == told.sorted())
            // The others are served as before.
            #expect(try await client.request("ping")?.result == [:])
        }
    }

    @Test func `the limit counts messages of one second`() {
        var limit = RateLimit(perSecond: 3)
        let start = ContinuousClock.now
        let times: [(Double, Bool)] = [
            (0, true), (0.1, true), (0.2, true), (0.3, false), (0.99, false), (1, true), (1.5, true),
            (1.9, true),
            (1.95, false), (5, true),
        ]
        for (time, isAdmitted) in times {
            #expect(limit.admits(start + .seconds(time)) == isAdmitted, "\(time)")
        }
    }
}
