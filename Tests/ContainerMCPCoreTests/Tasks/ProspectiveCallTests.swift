// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Synchronization
import Testing

@testable import ContainerMCPCore

@Suite struct ProspectiveCallTests {
    private let fixture = JobFixture()
    private let arrived = ContinuousClock.now
    private let answer: JSONValue = ["roots": []]

    /// A call whose grace time ends when a gate is opened.
    private func call(
        _ departure: ProspectiveCall.Departure,
        isJobOnly: Bool = false,
        grace: TestGate = TestGate(),
        adopting: @escaping @Sendable () async -> Void = {},
        pass: @escaping ProspectiveCall.Pass
    ) -> ProspectiveCall {
        let store = fixture.store
        return ProspectiveCall(leaving: departure, isJobOnly: isJobOnly, arrived: arrived) {
            () async throws(JSONRPCError) -> JobHandle in
            await adopting()
            return try await store.create(JobFixture.order(), for: JobFixture.alice)
        } sleep: { [arrived] deadline in
            #expect(arrived.duration(to: deadline) == .seconds(5))
            await grace.pass()
            try Task.checkCancellation()
        } pass: { rounds, call in
            await pass(rounds, call)
        }
    }

    private func adopted(_ ending: ProspectiveCall.Ending) -> JobHandle? {
        if case .adopted(let handle) = ending { handle } else { nil }
    }

    private func answered(_ ending: ProspectiveCall.Ending) -> CallAnswer<ToolResult>? {
        if case .answered(let answer) = ending { answer } else { nil }
    }

    private func refused(_ ending: ProspectiveCall.Ending) -> JSONRPCError? {
        if case .refused(let error) = ending { error } else { nil }
    }

    private func end(of handle: JobHandle) async throws -> JobOutcome? {
        try await fixture.store.waitForEnd(of: handle.id, for: JobFixture.alice).outcome
    }

    /// Takes the last places, so that no job can be made.
    private func fill() async throws {
        for _ in 0..<8 { _ = try await fixture.make() }
    }

    private var jobs: Int { (try? fixture.store.list(for: JobFixture.alice, from: nil).jobs.count) ?? -1 }

    @Test(arguments: [.never, .after(.seconds(5)), .onDetach] as [ProspectiveCall.Departure])
    func `a call that ends in time is answered directly`(departure: ProspectiveCall.Departure) async {
        let grace = TestGate()
        let ending = await call(departure, grace: grace) { _, _ in .complete(JobFixture.done) }.ending()
        grace.open()
        #expect(answered(ending) == .complete(JobFixture.done))
        #expect(jobs == 0)
    }

    @Test func `a call that takes longer than its grace time becomes a job and ends as one`() async throws {
        let (grace, work) = (TestGate(), TestGate())
        let call = call(.after(.seconds(5)), grace: grace) { _, _ in
            await work.pass()
            return .complete(JobFixture.done)
        }
        async let ending = call.ending()
        await work.awaitWaiter()
        grace.open()
        let handle = try #require(adopted(await ending))
        #expect(call.job?.id == handle.id)
        #expect(try fixture.snapshot(handle).status(in: .modern) == .working)
        work.open()
        #expect(try await end(of: handle) == .result(JobFixture.done))
    }

    @Test func `an error of the protocol is how such a job fails`() async throws {
        let error = JSONRPCError(.internalError, "internal failure")
        let ending = await call(.atOnce) { _, _ in .failure(error) }.ending()
        #expect(try await end(of: #require(adopted(ending))) == .failure(error))
    }

    @Test func `a call that leaves at once is a job before its work begins`() async throws {
        let jobs = EventRecorder<Bool>()
        let ending = await call(.atOnce) { _, call in
            jobs.note(call.job != nil)
            return .complete(JobFixture.done)
        }.ending()
        #expect(try await end(of: #require(adopted(ending))) == .result(JobFixture.done))
        #expect(jobs.events == [true])
    }

    @Test func `a call leaves when its work says so`() async throws {
        let work = TestGate()
        let detached = EventRecorder<Bool>()
        let call = call(.onDetach) { _, call in
            detached.note(await call.detach())
            detached.note(await call.detach())
            await work.pass()
            return .complete(JobFixture.done)
        }
        let handle = try #require(adopted(await call.ending()))
        await work.awaitWaiter()
        #expect(detached.events == [true, true])
        work.open()
        #expect(try await end(of: handle) == .result(JobFixture.done))
    }

    @Test func `work that never may leave is told so`() async {
        let ending = await call(.never) { _, call in
            await call.detach() ? .failure(JobError.unknown) : .complete(JobFixture.done)
        }.ending()
        #expect(answered(ending) == .complete(JobFixture.done))
        #expect(jobs == 0)
    }

    @Test(arguments: [.atOnce, .after(.seconds(5)), .onDetach] as [ProspectiveCall.Departure])
    func `without room for a job the call stays in its request`(departure: ProspectiveCall.Departure)
        async throws
    {
        try await fill()
        let (grace, work) = (TestGate(), TestGate())
        let detached = EventRecorder<Bool>()
        let call = call(departure, grace: grace) { _, call in
            if departure == .onDetach { detached.note(await call.detach()) }
            await work.pass()
            return .complete(JobFixture.done)
        }
        async let ending = call.ending()
        await work.awaitWaiter()
        grace.open()
        work.open()
        #expect(answered(await ending) == .complete(JobFixture.done))
        #expect(detached.events == (departure == .onDetach ? [false] : []))
        #expect(jobs == 8)
    }

    @Test func `without room a call that can only be a job is refused before its work begins`() async throws {
        try await fill()
        let passes = EventRecorder<Int>()
        let ending = await call(.atOnce, isJobOnly: true) { _, _ in
            passes.note(1)
            return .complete(JobFixture.done)
        }.ending()
        #expect(refused(ending) == JobError.tooMany)
        #expect(passes.events.isEmpty)
    }

    @Test func `without room a call that can only be a job and asks to leave is ended and refused`()
        async throws
    {
        try await fill()
        let wasCancelled = EventRecorder<Bool>()
        let ending = await call(.onDetach, isJobOnly: true) { _, call in
            _ = await call.detach()
            while !Task.isCancelled { await Task.yield() }
            wasCancelled.note(true)
            return .complete(JobFixture.done)
        }.ending()
        #expect(refused(ending) == JobError.tooMany)
        #expect(wasCancelled.events == [true])
    }

    @Test func `before a call is a job its request takes the work with it`() async {
        let work = TestGate()
        let order = EventRecorder<String>()
        let call = call(.after(.seconds(5))) { _, _ in
            await work.pass()
            order.note(Task.isCancelled ? "work cancelled" : "work goes on")
            return .complete(JobFixture.done)
        }
        let request = Task {
            let ending = await call.ending()
            order.note("request over")
            return answered(ending)
        }
        await work.awaitWaiter()
        request.cancel()
        work.open()
        #expect(await request.value == .complete(JobFixture.done))
        #expect(order.events == ["work cancelled", "request over"])
        #expect(jobs == 0)
    }

    @Test func `a request that is over makes no job of its call`() async {
        let (grace, work) = (TestGate(), TestGate())
        let detached = EventRecorder<Bool>()
        let call = call(.onDetach, grace: grace) { _, call in
            await work.pass()
            detached.note(await call.detach())
            return .complete(JobFixture.done)
        }
        let request = Task { await call.ending() }
        await work.awaitWaiter()
        request.cancel()
        work.open()
        #expect(answered(await request.value) == .complete(JobFixture.done))
        #expect(detached.events == [false])
        #expect(jobs == 0)
    }

    @Test func `a request that ends while its job is made cancels the job`() async throws {
        let (adopting, work) = (TestGate(), TestGate())
        let call = call(.onDetach, adopting: { await adopting.pass() }) { _, call in
            let isJob = await call.detach()
            await work.pass()
            return isJob ? .failure(JobError.unknown) : .complete(JobFixture.done)
        }
        let request = Task { await call.ending() }
        await adopting.awaitWaiter()
        request.cancel()
        adopting.open()
        work.open()
        #expect(answered(await request.value) == .complete(JobFixture.done))
        let page = try fixture.store.list(for: JobFixture.alice, from: nil)
        #expect(page.jobs.map(\.outcome) == [.cancelled])
        #expect(fixture.store.change { table, _, _ in table.workers.isEmpty })
    }

    @Test func `once a call is a job its request does not matter`() async throws {
        let work = TestGate()
        let call = call(.atOnce) { _, _ in
            await work.pass()
            return Task.isCancelled ? .failure(JobError.unknown) : .complete(JobFixture.done)
        }
        let request = Task { () -> JobHandle? in
            let ending = await call.ending()
            while !Task.isCancelled { await Task.yield() }
            return adopted(ending)
        }
        await work.awaitWaiter()
        request.cancel()
        let handle = try #require(await request.value)
        work.open()
        #expect(try await end(of: handle) == .result(JobFixture.done))
    }

    @Test func `a handle that could not be written cancels its job and its work`() async throws {
        let wasCancelled = TestGate()
        let ending = await call(.atOnce) { _, _ in
            while !Task.isCancelled { await Task.yield() }
            wasCancelled.open()
            return .complete(JobFixture.done)
        }.ending()
        let handle = try #require(adopted(ending))
        await handle.cancel()
        await wasCancelled.pass()
        #expect(try await end(of: handle) == .cancelled)
        while fixture.store.change({ table, _, _ in !table.workers.isEmpty }) { await Task.yield() }
    }

    @Test func `work that ends while its job is made ends as that job`() async throws {
        let (grace, adopting, work) = (TestGate(), TestGate(), TestGate())
        let call = call(.after(.seconds(5)), grace: grace, adopting: { await adopting.pass() }) { _, _ in
            await work.pass()
            return .complete(JobFixture.done)
        }
        async let ending = call.ending()
        await work.awaitWaiter()
        grace.open()
        await adopting.awaitWaiter()
        work.open()
        adopting.open()
        let handle = try #require(adopted(await ending))
        #expect(try await end(of: handle) == .result(JobFixture.done))
    }

    @Test func `before a call is a job its questions are asked by its request`() async {
        let required = InputRequired(requests: [InputQuestion(key: "a", request: .roots)])
        let ending = await call(.onDetach) { _, _ in .inputRequired(required) }.ending()
        #expect(answered(ending) == .inputRequired(required))
        #expect(jobs == 0)
    }

    @Test func `a job asks, and its handler runs again with all answers and its state`() async throws {
        let seen = EventRecorder<CallRounds>()
        let ending = await call(.atOnce) { rounds, _ in
            seen.note(rounds)
            switch rounds.answers.count {
            case 0: return .inputRequired(Self.question("a", state: 1))
            case 1: return .inputRequired(Self.question("b", state: 2))
            default: return .complete(JobFixture.done)
            }
        }.ending(rounds: CallRounds())
        let handle = try #require(adopted(ending))
        for key in ["a-1", "b-2"] {
            let asking = try await fixture.store.waitForEnd(
                of: handle.id,
                for: JobFixture.alice,
                orQuestionsBeside: ["a-1"].filter { $0 != key }.reduce(into: Set()) { $0.insert($1) }
            )
            #expect(asking.questions.map(\.key) == [key])
            try fixture.store.update(handle.id, for: JobFixture.alice, responses: [key: answer])
        }
        #expect(try await end(of: handle) == .result(JobFixture.done))
        #expect(seen.events.map { $0.answers.keys.sorted() } == [[], ["a"], ["a", "b"]])
        #expect(seen.events.map(\.state) == [nil, 1, 2])
        #expect(seen.events[2].answers["b"]?.answer == answer)
    }

    private static func question(_ key: String, state: JSONValue) -> InputRequired {
        InputRequired(requests: [InputQuestion(key: key, request: .roots)], state: state)
    }

    @Test func `a job whose client can't be asked ends with a tool error`() async throws {
        let question = InputQuestion(
            key: "go",
            request: .elicitation(.url(message: "Go there.", url: "https://example.org/"))
        )
        let ending = await call(.atOnce) { _, _ in .inputRequired(InputRequired(requests: [question])) }
            .ending()
        guard case .result(let result)? = try await end(of: #require(adopted(ending))) else {
            Issue.record("no result")
            return
        }
        #expect(result.isError)
    }

    @Test func `a job that never stops asking ends with a tool error`() async throws {
        let ending = await call(.atOnce) { _, _ in .inputRequired(Self.question("a", state: 1)) }.ending()
        let handle = try #require(adopted(ending))
        var known: Set<String> = []
        var outcome: JobOutcome?
        while outcome == nil {
            let asking = try await fixture.store.waitForEnd(
                of: handle.id,
                for: JobFixture.alice,
                orQuestionsBeside: known
            )
            outcome = asking.outcome
            for question in asking.questions where known.insert(question.key).inserted {
                try fixture.store.update(handle.id, for: JobFixture.alice, responses: [question.key: answer])
            }
        }
        #expect(known.count == 8)
        guard case .result(let result)? = outcome else {
            Issue.record("no result")
            return
        }
        #expect(result.isError)
    }

    @Test func `a job that is cancelled while it asks lets its work go`() async throws {
        let ending = await call(.atOnce) { _, _ in .inputRequired(Self.question("a", state: 1)) }.ending()
        let handle = try #require(adopted(ending))
        _ = try await fixture.store.waitForEnd(of: handle.id, for: JobFixture.alice, orQuestionsBeside: [])
        await handle.cancel()
        #expect(try await end(of: handle) == .cancelled)
        while fixture.store.change({ table, _, _ in !table.workers.isEmpty }) { await Task.yield() }
    }
}
