// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@testable import ContainerMCPCore

@Suite struct JobQuestionTests {
    private let fixture = JobFixture()
    private let answer: JSONValue = ["roots": [["uri": "file:///a"]]]

    private func keys(_ handle: JobHandle) throws -> [String] {
        try fixture.snapshot(handle).questions.map(\.key)
    }

    private func update(_ handle: JobHandle, _ responses: JSONObject) -> JSONRPCError? {
        do throws(JSONRPCError) {
            try fixture.store.update(handle.id, for: JobFixture.alice, responses: responses)
            return nil
        } catch {
            return error
        }
    }

    /// Asks something that can't be asked.
    private func refusal(_ handle: JobHandle, _ questions: [InputQuestion]) async -> ToolError? {
        do throws(ToolError) {
            _ = try await handle.ask(questions)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a question makes the job ask until it is answered`() async throws {
        let handle = try await fixture.make()
        fixture.clock.advance(seconds: 7)
        let asking = await fixture.ask(handle, "overwrite")
        let open = try fixture.snapshot(handle)
        #expect(open.status(in: .modern) == .inputRequired)
        #expect(open.questions == [InputQuestion(key: "overwrite-1", request: .roots)])
        #expect(open.lastUpdatedAt == "2026-08-24T09:00:07Z")
        fixture.clock.advance(seconds: 1)
        #expect(update(handle, ["overwrite-1": answer]) == nil)
        let after = try fixture.snapshot(handle)
        #expect(after.status(in: .modern) == .working)
        #expect(after.questions.isEmpty)
        #expect(after.lastUpdatedAt == "2026-08-24T09:00:08Z")
        let answers = try await asking.value.get()
        #expect(answers == ["overwrite": JobAnswer(raw: answer, value: .roots([["uri": "file:///a"]]))])
        #expect(fixture.changes.events == [handle.id, handle.id])
    }

    @Test func `of two questions one can be answered, and only the other stays`() async throws {
        let handle = try await fixture.make()
        let asking = await fixture.ask(handle, "a", "b")
        #expect(try keys(handle) == ["a-1", "b-2"])
        #expect(update(handle, ["a-1": answer]) == nil)
        #expect(try keys(handle) == ["b-2"])
        #expect(try fixture.snapshot(handle).status(in: .modern) == .inputRequired)
        #expect(update(handle, ["b-2": answer]) == nil)
        #expect(try await Set(asking.value.get().keys) == ["a", "b"])
    }

    @Test func `a key is never used again`() async throws {
        let handle = try await fixture.make()
        for number in 1...3 {
            let asking = await fixture.ask(handle, "a")
            #expect(try keys(handle) == ["a-\(number)"])
            #expect(update(handle, ["a-\(number)": answer]) == nil)
            _ = try await asking.value.get()
        }
    }

    @Test func `keys that are not open are ignored, whatever their values`() async throws {
        let handle = try await fixture.make()
        let asking = await fixture.ask(handle, "a")
        #expect(update(handle, ["unknown-key": ["ignored": true], "a-2": 1, "a": "x"]) == nil)
        #expect(try keys(handle) == ["a-1"])
        #expect(update(handle, ["a-1": answer, "unknown-key": 1]) == nil)
        #expect(update(handle, ["a-1": "wrong, but answered"]) == nil)
        _ = try await asking.value.get()
        await handle.finish(.result(JobFixture.done))
        #expect(update(handle, ["a-1": 1]) == nil)
    }

    @Test func `an update with one wrong answer changes nothing`() async throws {
        let handle = try await fixture.make()
        let asking = await fixture.ask(handle, "a", "b")
        #expect(update(handle, ["a-1": answer, "b-2": ["roots": 1]])?.code == .invalidParams)
        #expect(try keys(handle) == ["a-1", "b-2"])
        #expect(update(handle, ["a-1": answer, "b-2": answer]) == nil)
        #expect(try await asking.value.get().count == 2)
    }

    @Test func `a key in an equivalent spelling is another key`() async throws {
        let handle = try await fixture.make()
        let asking = await fixture.ask(handle, "K")
        #expect(update(handle, ["\u{212A}-1": answer]) == nil)
        #expect(try keys(handle) == ["K-1"])
        #expect(update(handle, ["K-1": answer]) == nil)
        _ = try await asking.value.get()
    }

    @Test func `that the user declines is an answer`() async throws {
        let order = JobFixture.order(capabilities: ["elicitation": ["url": [:]]])
        let handle = try await fixture.make(JobFixture.alice, order)
        let question = InputQuestion(
            key: "go",
            request: .elicitation(.url(message: "Go there.", url: "https://example.org/"))
        )
        async let answers = handle.ask([question])
        while try keys(handle).isEmpty { await Task.yield() }
        #expect(update(handle, ["go-1": ["action": "decline"]]) == nil)
        #expect(try await answers["go"]?.value == .elicitation(action: .decline, content: [:]))
    }

    @Test func `what the creating call did not declare is not asked`() async throws {
        let handle = try await fixture.make()
        let question = InputQuestion(
            key: "go",
            request: .elicitation(.url(message: "Go there.", url: "https://example.org/"))
        )
        #expect(await refusal(handle, [question])?.code == .denied)
        #expect(try fixture.snapshot(handle).status(in: .modern) == .working)
    }

    @Test func `at most eight questions are open`() async throws {
        let handle = try await fixture.make()
        let asking = await fixture.ask(handle, "a", "b", "c", "d", "e", "f", "g")
        let two = ["x", "y"].map { InputQuestion(key: $0, request: .roots) }
        #expect(await refusal(handle, two)?.code == .limitExceeded)
        #expect(try keys(handle).count == 7)
        let eighth = await fixture.ask(handle, "h")
        await handle.cancel()
        _ = await (asking.value, eighth.value)
    }

    @Test func `a job asks at most eight times`() async throws {
        let handle = try await fixture.make()
        for number in 1...8 {
            let asking = await fixture.ask(handle, "a")
            #expect(update(handle, ["a-\(number)": answer]) == nil)
            _ = try await asking.value.get()
        }
        #expect(await refusal(handle, [InputQuestion(key: "a", request: .roots)])?.code == .limitExceeded)
    }

    @Test func `two questions with one key, or a key without end, are refused`() async throws {
        let handle = try await fixture.make()
        let question = InputQuestion(key: "a", request: .roots)
        #expect(await refusal(handle, [question, question])?.code == .internalFailure)
        let long = InputQuestion(key: String(repeating: "a", count: 129), request: .roots)
        #expect(await refusal(handle, [long])?.code == .internalFailure)
        #expect(await refusal(handle, []) == nil)
    }

    @Test func `a question that nobody answers is given up, with those that were asked with it`() async throws
    {
        let handle = try await fixture.make()
        let (late, other) = (await fixture.ask(handle, "a", "b"), await fixture.ask(handle, "c"))
        fixture.clock.advance(seconds: 599)
        await fixture.store.removeExpired()
        #expect(try keys(handle).count == 3)
        #expect(update(handle, ["a-1": answer, "c-3": answer]) == nil)
        fixture.clock.advance(seconds: 1)
        await fixture.store.removeExpired()
        guard case .failure(let error) = await late.value else {
            Issue.record("answered")
            return
        }
        #expect(error.code == .limitExceeded)
        #expect(error.message.contains("600 s"))
        _ = try await other.value.get()
        #expect(try fixture.snapshot(handle).status(in: .modern) == .working)
    }

    @Test func `each question adds its waiting time to the life of the job`() async throws {
        let handle = try await fixture.make()
        let asking = await fixture.ask(handle, "a")
        #expect(try fixture.snapshot(handle).ttl == handle.opening.ttl + 600_000)
        #expect(update(handle, ["a-1": answer]) == nil)
        _ = try await asking.value.get()
        #expect(try fixture.snapshot(handle).ttl == handle.opening.ttl + 600_000)
        let second = await fixture.ask(handle, "b", "c")
        #expect(try fixture.snapshot(handle).ttl == handle.opening.ttl + 1_800_000)
        await handle.cancel()
        _ = await second.value
    }

    @Test func `a refused question fails for the work`() async throws {
        let handle = try await fixture.make()
        let asking = await fixture.ask(handle, "a", "b")
        let error = ToolError(.denied, "The client refused.")
        try fixture.store.giveUp("nothing-9", of: handle.id, for: JobFixture.alice, error)
        #expect(try keys(handle).count == 2)
        try fixture.store.giveUp("b-2", of: handle.id, for: JobFixture.alice, error)
        #expect(await asking.value == .failure(error))
        #expect(try keys(handle).isEmpty)
    }

    @Test func `cancelling the work that asks withdraws its questions only`() async throws {
        let handle = try await fixture.make()
        let (first, second) = (await fixture.ask(handle, "a"), await fixture.ask(handle, "b"))
        first.cancel()
        #expect(await first.value == .failure(JobTable.over))
        #expect(try keys(handle) == ["b-2"])
        #expect(update(handle, ["b-2": answer]) == nil)
        _ = try await second.value.get()
    }

    @Test func `work that was cancelled before it asks does not ask`() async throws {
        let handle = try await fixture.make()
        let gate = TestGate()
        let asking = Task {
            await gate.pass()
            return await refusal(handle, [InputQuestion(key: "a", request: .roots)])
        }
        await gate.awaitWaiter()
        asking.cancel()
        gate.open()
        #expect(await asking.value?.code == .cancelled)
        #expect(fixture.changes.events.isEmpty)
    }

    @Test func `a job that is over does not ask`() async throws {
        let handle = try await fixture.make()
        await handle.finish(.result(JobFixture.done))
        #expect(await refusal(handle, [InputQuestion(key: "a", request: .roots)]) == JobTable.over)
    }

    @Test func `answers and a cancellation at the same time leave one winner`() async throws {
        for _ in 0..<50 {
            let store = JobFixture()
            let handle = try await store.make()
            let asking = await store.ask(handle, "a")
            async let update: Void = store.store.update(
                handle.id,
                for: JobFixture.alice,
                responses: ["a-1": answer]
            )
            async let cancellation = store.store.cancel(handle.id, for: JobFixture.alice)
            try await update
            #expect(try await !cancellation.hadEnded)
            // Whoever came first, the work hears of it exactly once, and the job is cancelled.
            switch await asking.value {
            case .success(let answers): #expect(answers.count == 1)
            case .failure(let error): #expect(error == JobTable.over)
            }
            #expect(try store.snapshot(handle).outcome == .cancelled)
        }
    }
}
