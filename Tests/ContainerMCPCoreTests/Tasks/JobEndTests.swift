// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Synchronization
import Testing

@testable import ContainerMCPCore

@Suite struct JobEndTests {
    private let fixture = JobFixture()

    @Test func `a cancelled job is cancelled before its work is ended`() async throws {
        let handle = try await fixture.make()
        let seen = EventRecorder<TaskSnapshot.Outcome?>()
        handle.started { [fixture] in
            seen.note(fixture.store.current(handle.id, for: JobFixture.alice)?.outcome)
        }
        let cancellation = try await fixture.store.cancel(handle.id, for: JobFixture.alice)
        #expect(cancellation.snapshot.status(in: .legacy) == .cancelled)
        #expect(!cancellation.hadEnded)
        #expect(seen.events == [.cancelled])
    }

    @Test func `cancelling what has ended changes nothing and says so`() async throws {
        let handle = try await fixture.make()
        let calls = EventRecorder<Int>()
        handle.started { calls.note(1) }
        await handle.finish(.result(JobFixture.done))
        let cancellation = try await fixture.store.cancel(handle.id, for: JobFixture.alice)
        #expect(cancellation.hadEnded)
        #expect(cancellation.snapshot.outcome == .result(JobFixture.done))
        #expect(calls.events.isEmpty)
        #expect(JobError.alreadyEnded.code == .invalidParams)
    }

    @Test func `work that begins after its job was cancelled is ended at once`() async throws {
        let handle = try await fixture.make()
        await handle.cancel()
        let calls = EventRecorder<Int>()
        handle.started { calls.note(1) }
        #expect(calls.events == [1])
    }

    @Test func `work is told to end only once`() async throws {
        let handle = try await fixture.make()
        let calls = EventRecorder<Int>()
        handle.started { calls.note(1) }
        await handle.cancel()
        await handle.cancel()
        fixture.clock.advance(seconds: 10_000)
        await fixture.store.removeExpired()
        #expect(calls.events == [1])
    }

    @Test func `cancelling releases whoever waits for an answer or for the end`() async throws {
        let handle = try await fixture.make()
        let asking = await fixture.ask(handle, "a")
        let waiting = await fixture.wait(handle)
        await handle.cancel()
        #expect(await asking.value == .failure(JobTable.over))
        #expect(try await waiting.value.get().outcome == .cancelled)
        #expect(try fixture.snapshot(handle).questions.isEmpty)
    }

    @Test func `whoever waits gets the end, and gets it again later`() async throws {
        let handle = try await fixture.make()
        let waiting = await fixture.wait(handle)
        await handle.finish(.result(JobFixture.done))
        #expect(try await waiting.value.get().outcome == .result(JobFixture.done))
        let again = try await fixture.store.waitForEnd(of: handle.id, for: JobFixture.alice)
        #expect(again.outcome == .result(JobFixture.done))
    }

    @Test func `at most four calls wait for one job`() async throws {
        let (handle, other) = (try await fixture.make(), try await fixture.make())
        var waiting: [Task<Result<TaskSnapshot, JSONRPCError>, Never>] = []
        for _ in 0..<4 { waiting.append(await fixture.wait(handle)) }
        let error = await JobFixture.error {
            _ = try await fixture.store.waitForEnd(of: handle.id, for: JobFixture.alice)
        }
        #expect(error == JobError.tooManyWaiters)
        #expect(error?.code == .internalError)
        waiting.append(await fixture.wait(other))
        waiting[0].cancel()
        #expect(await waiting[0].value == .failure(JobError.waitGivenUp))
        waiting.append(await fixture.wait(handle))
        await handle.finish(.cancelled)
        await other.finish(.cancelled)
        for task in waiting.dropFirst() { #expect(try await task.value.get().outcome == .cancelled) }
    }

    @Test func `waits of the server itself are neither counted among those of clients nor as reads`()
        async throws
    {
        let handle = try await fixture.make()
        var waiting: [Task<Result<TaskSnapshot, JSONRPCError>, Never>] = []
        for _ in 0..<4 { waiting.append(await fixture.wait(handle)) }
        for _ in 0..<16 { _ = try fixture.store.snapshot(of: handle.id, for: JobFixture.alice) }
        let own = Task { [store = fixture.store] in
            try await store.waitForEnd(of: handle.id, for: JobFixture.alice, isClient: false)
        }
        while fixture.waiters(handle) < 5 { await Task.yield() }
        await handle.finish(.cancelled)
        #expect(try await own.value.outcome == .cancelled)
        for task in waiting { _ = try await task.value.get() }
    }

    @Test func `breaking off a wait ends nothing else`() async throws {
        let handle = try await fixture.make()
        let calls = EventRecorder<Int>()
        handle.started { calls.note(1) }
        let waiting = await fixture.wait(handle)
        waiting.cancel()
        #expect(await waiting.value == .failure(JobError.waitGivenUp))
        #expect(try fixture.snapshot(handle).outcome == nil)
        #expect(fixture.waiters(handle) == 0)
        #expect(calls.events.isEmpty)
    }

    @Test func `a wait that was broken off before it began takes no place`() async throws {
        let handle = try await fixture.make()
        let gate = TestGate()
        let waiting = Task { [store = fixture.store] in
            await gate.pass()
            return await JobFixture.error {
                _ = try await store.waitForEnd(of: handle.id, for: JobFixture.alice)
            }
        }
        await gate.awaitWaiter()
        waiting.cancel()
        gate.open()
        #expect(await waiting.value == JobError.waitGivenUp)
        #expect(fixture.waiters(handle) == 0)
    }

    @Test func `a wait for questions ends with those that are new`() async throws {
        let handle = try await fixture.make()
        let waiting = await fixture.wait(handle, beside: [])
        let first = await fixture.ask(handle, "a")
        #expect(try await waiting.value.get().questions.map(\.key) == ["a-1"])
        let patient = await fixture.wait(handle, beside: ["a-1"])
        let ignorant = await fixture.wait(handle)
        let second = await fixture.ask(handle, "b")
        #expect(try await patient.value.get().questions.map(\.key) == ["a-1", "b-2"])
        #expect(fixture.waiters(handle) == 1)
        await handle.finish(.cancelled)
        #expect(try await ignorant.value.get().outcome == .cancelled)
        _ = await (first.value, second.value)
    }

    @Test func `an expired job is ended and then unknown, to those who wait as well`() async throws {
        let handle = try await fixture.make()
        let calls = EventRecorder<Int>()
        handle.started { calls.note(1) }
        let waiting = await fixture.wait(handle)
        let asking = await fixture.ask(handle, "a")
        fixture.clock.advance(milliseconds: try fixture.snapshot(handle).ttl - 1)
        try fixture.store.update(handle.id, for: JobFixture.alice, responses: [:])
        #expect(
            await asking.value
                == .failure(ToolError(.limitExceeded, "The client did not answer within 600 s."))
        )
        #expect(calls.events.isEmpty)
        fixture.clock.advance(milliseconds: 1)
        await fixture.store.removeExpired()
        #expect(calls.events == [1])
        #expect(await waiting.value == .failure(JobError.unknown))
        await handle.finish(.result(JobFixture.done))
        #expect(fixture.store.current(handle.id, for: JobFixture.alice) == nil)
    }

    @Test func `an ended job stays readable for its whole time to live`() async throws {
        let handle = try await fixture.make()
        await handle.finish(.result(JobFixture.done))
        fixture.clock.advance(milliseconds: handle.opening.ttl - 1)
        await fixture.store.removeExpired()
        #expect(try fixture.snapshot(handle).outcome == .result(JobFixture.done))
        fixture.clock.advance(milliseconds: 1)
        #expect(fixture.store.current(handle.id, for: JobFixture.alice) == nil)
    }

    @Test func `many ends at once leave one, seen by everyone`() async throws {
        for _ in 0..<50 {
            let handle = try await fixture.make()
            let waiting = await fixture.wait(handle)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await handle.finish(.result(JobFixture.done)) }
                group.addTask { await handle.finish(.failure(JobError.interrupted)) }
                group.addTask { await handle.cancel() }
            }
            let end = try fixture.snapshot(handle).outcome
            #expect(end != nil)
            #expect(try await waiting.value.get().outcome == end)
            fixture.clock.advance(seconds: 1_000)
        }
    }

    @Test func `the end of a conversation ends and drops its jobs and no others`() async throws {
        let (over, other) = (ConversationID(), ConversationID())
        let dropped = try await fixture.make(.conversation(over))
        let ended = try await fixture.make(.conversation(over))
        await ended.finish(.result(JobFixture.done))
        let kept = [try await fixture.make(.conversation(other)), try await fixture.make()]
        let calls = EventRecorder<String>()
        dropped.started { calls.note("dropped") }
        for handle in kept { handle.started { calls.note("kept") } }
        let waiting = await fixture.wait(dropped, .conversation(over))
        fixture.store.conversationEnded(over)
        #expect(calls.events == ["dropped"])
        #expect(await waiting.value == .failure(JobError.unknown))
        #expect(fixture.store.current(ended.id, for: .conversation(over)) == nil)
        #expect(fixture.store.current(kept[0].id, for: .conversation(other)) != nil)
        #expect(fixture.store.current(kept[1].id, for: JobFixture.alice) != nil)
        let error = await JobFixture.error { _ = try await fixture.make(.conversation(over)) }
        #expect(error?.code == .internalError)
    }

    @Test func `a conversation is alive until its last job has ended and the processes are gone`()
        async throws
    {
        let conversation = ConversationID()
        #expect(!fixture.store.hasLiveJob(of: conversation))
        let handle = try await fixture.make(.conversation(conversation))
        #expect(fixture.store.hasLiveJob(of: conversation))
        #expect(!fixture.store.hasLiveJob(of: ConversationID()))
        handle.started {}
        await handle.cancel()
        #expect(fixture.store.hasLiveJob(of: conversation))
        await handle.finish(.cancelled)
        #expect(!fixture.store.hasLiveJob(of: conversation))
    }

    @Test func `a stop ends every job and waits for its work`() async throws {
        let owners: [JobOwner] = [JobFixture.alice, .anonymous, .conversation(ConversationID())]
        var handles: [JobHandle] = []
        let calls = EventRecorder<Int>()
        for owner in owners {
            let handle = try await fixture.make(owner)
            handle.started { calls.note(1) }
            handles.append(handle)
        }
        let ended = try await fixture.make()
        await ended.finish(.result(JobFixture.done))
        let isStopped = Mutex(false)
        let stop = Task { [store = fixture.store] in
            await store.stop()
            isStopped.withLock { $0 = true }
        }
        while calls.events.count < 3 { await Task.yield() }
        #expect(try fixture.snapshot(handles[0]).outcome == .failure(JobError.interrupted))
        #expect(try fixture.snapshot(ended).outcome == .result(JobFixture.done))
        let error = await JobFixture.error { _ = try await fixture.make() }
        #expect(error == JobError.stopping)
        for handle in handles {
            #expect(!isStopped.withLock { $0 })
            await handle.finish(.cancelled)
        }
        await stop.value
        #expect(try fixture.snapshot(handles[0]).outcome == .failure(JobError.interrupted))
        await fixture.store.stop()
    }

    @Test func `a stop that is cancelled no longer waits`() async throws {
        let handle = try await fixture.make()
        let isKilled = TestGate()
        handle.started { isKilled.open() }
        let stop = Task { [store = fixture.store] in await store.stop() }
        await isKilled.pass()
        stop.cancel()
        await stop.value
        #expect(try fixture.snapshot(handle).outcome == .failure(JobError.interrupted))
    }

    @Test func `the store tidies itself while it has jobs, and waits for the next when it has none`()
        async throws
    {
        let pauses = EventRecorder<Int>()
        let clock = fixture.clock
        let running = Task { [store = fixture.store] in
            await store.run {
                pauses.note(1)
                clock.advance(seconds: 100)
                try Task.checkCancellation()
            }
        }
        for _ in 0..<2 {
            let handle = try await fixture.make()
            while fixture.store.change({ table, _, _ in table.jobs[handle.id] != nil }) { await Task.yield() }
        }
        #expect(pauses.events.count >= 20)
        running.cancel()
        await running.value
    }
}
