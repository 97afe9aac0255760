// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@testable import ContainerMCPCore

@Suite struct JobLimitsTests {
    private func refusal(_ fixture: JobFixture, _ owner: JobOwner = JobFixture.alice) async -> JSONRPCError? {
        await JobFixture.error { _ = try await fixture.make(owner) }
    }

    @Test func `the bounds are those of the design unless they are set`() {
        let limits = JobLimits()
        #expect(limits.keptPerOwner == 32)
        #expect(limits.livePerOwner == 8)
        #expect(limits.kept == 256)
        #expect(limits.resultBytes == 16 << 20)
        #expect(limits.allResultBytes == 128 << 20)
        #expect(limits.openQuestions == 8)
        #expect(limits.rounds == 8)
        #expect(limits.questionTime == .seconds(600))
        #expect(limits.waiters == 4)
        #expect(limits.readsPerSecond == 20)
        #expect(JobLimits(keptPerOwner: -1, questionTime: .seconds(-1)).keptPerOwner == 1)
        #expect(JobLimits(keptPerOwner: -1, questionTime: .seconds(-1)).questionTime == .zero)
    }

    @Test func `an owner has at most so many jobs that have not ended`() async throws {
        let fixture = JobFixture(limits: JobLimits(livePerOwner: 2))
        let first = try await fixture.make()
        _ = try await fixture.make()
        #expect(await refusal(fixture) == JobError.tooMany)
        #expect(await refusal(fixture, JobFixture.bob) == nil)
        await first.finish(.result(JobFixture.done))
        #expect(await refusal(fixture) == nil)
    }

    @Test func `an owner keeps at most so many jobs, and none is dropped for a new one`() async throws {
        let fixture = JobFixture(limits: JobLimits(keptPerOwner: 2))
        let first = try await fixture.make()
        await first.finish(.result(JobFixture.done))
        let second = try await fixture.make()
        await second.finish(.cancelled)
        #expect(await refusal(fixture) == JobError.tooMany)
        #expect(await refusal(fixture, JobFixture.bob) == nil)
        #expect(try fixture.snapshot(first).outcome == .result(JobFixture.done))
        #expect(try fixture.snapshot(second).outcome == .cancelled)
        fixture.clock.advance(seconds: 960)
        #expect(await refusal(fixture) == nil)
    }

    @Test func `all owners together keep at most so many jobs`() async throws {
        let fixture = JobFixture(limits: JobLimits(kept: 2))
        _ = try await fixture.make()
        _ = try await fixture.make(JobFixture.bob)
        #expect(await refusal(fixture, .anonymous) == JobError.tooMany)
    }

    @Test func `everyone without authentication and conversation shares one allowance`() async throws {
        let fixture = JobFixture(limits: JobLimits(livePerOwner: 1))
        _ = try await fixture.make(.anonymous)
        #expect(await refusal(fixture, .anonymous) == JobError.tooMany)
    }

    @Test func `a result that is too large becomes a tool error`() async throws {
        let fixture = JobFixture(limits: JobLimits(resultBytes: 1_000))
        let handle = try await fixture.make()
        await handle.finish(.result(ToolResult(content: [.text(String(repeating: "x", count: 1_000))])))
        guard case .result(let result)? = try fixture.snapshot(handle).outcome else {
            Issue.record("no result")
            return
        }
        #expect(result.isError)
        #expect(result.structuredContent?["error"]?.stringValue?.contains("1000 bytes") == true)
    }

    @Test func `an error of the protocol that is too large becomes a tool error`() async throws {
        let fixture = JobFixture(limits: JobLimits(resultBytes: 1_000))
        let handle = try await fixture.make()
        let data = JSONValue.string(String(repeating: "x", count: 1_000))
        await handle.finish(.failure(JSONRPCError(.internalError, "x", data: data)))
        guard case .result(let result)? = try fixture.snapshot(handle).outcome else {
            Issue.record("no result")
            return
        }
        #expect(result.isError)
    }

    @Test func `results that fill all room let no job begin until they expire`() async throws {
        let fixture = JobFixture(limits: JobLimits(resultBytes: 1_000, allResultBytes: 1_000))
        let (first, second) = (try await fixture.make(), try await fixture.make())
        await first.finish(.result(ToolResult(content: [.text(String(repeating: "x", count: 900))])))
        await second.finish(.result(ToolResult(content: [.text(String(repeating: "x", count: 900))])))
        guard case .result(let result)? = try fixture.snapshot(second).outcome else {
            Issue.record("no result")
            return
        }
        #expect(result.isError)
        #expect(try fixture.snapshot(first).outcome != .cancelled)
        let filler = try await fixture.make()
        let rest = 1_000 - fixture.store.change { table, _, _ in table.outcomeBytes }
        let frame = StoredOutcome.jsonValue(.result(ToolResult(content: [.text("")]))).encoded().count
        if rest > frame {
            await filler.finish(
                .result(ToolResult(content: [.text(String(repeating: "x", count: rest - frame))]))
            )
            #expect(await refusal(fixture) == JobError.tooMany)
        }
        fixture.clock.advance(seconds: 960)
        #expect(await refusal(fixture) == nil)
        #expect(fixture.store.change { table, _, _ in table.outcomeBytes } == 0)
    }

    @Test func `one job is read at most 20 times in a second`() async throws {
        let fixture = JobFixture()
        let (handle, other) = (try await fixture.make(), try await fixture.make())
        func read(_ handle: JobHandle) async -> JSONRPCError? {
            await JobFixture.error { _ = try fixture.store.snapshot(of: handle.id, for: JobFixture.alice) }
        }
        for _ in 0..<20 { #expect(await read(handle) == nil) }
        #expect(await read(handle) == JobError.readTooOften)
        #expect(JobError.readTooOften.code == .internalError)
        #expect(await read(other) == nil)
        #expect(fixture.store.current(handle.id, for: JobFixture.alice) != nil)
        fixture.clock.advance(milliseconds: 999)
        #expect(await read(handle) == JobError.readTooOften)
        fixture.clock.advance(milliseconds: 1)
        #expect(await read(handle) == nil)
        fixture.clock.advance(seconds: -100)
        #expect(await read(handle) == nil)
    }

    @Test func `reads of strangers do not count`() async throws {
        let fixture = JobFixture()
        let handle = try await fixture.make()
        for _ in 0..<100 {
            _ = await JobFixture.error { _ = try fixture.store.snapshot(of: handle.id, for: JobFixture.bob) }
        }
        _ = try fixture.store.snapshot(of: handle.id, for: JobFixture.alice)
    }

    @Test(
        arguments: [
            (nil, 960_000), (0, 420_000), (.min, 420_000), (419_999, 420_000), (420_000, 420_000),
            (900_000, 900_000),
            (86_400_000, 86_400_000), (86_400_001, 86_400_000), (.max, 86_400_000),
        ] as [(Int64?, Int64)]
    )
    func `a wish for a time to live is honoured within bounds`(wish: Int64?, lifetime: Int64) async throws {
        let fixture = JobFixture()
        let handle = try await fixture.make(JobFixture.alice, JobFixture.order(wish: wish))
        #expect(handle.opening.ttl == lifetime)
    }

    @Test(
        arguments: [
            (.seconds(-1), 900_000), (.zero, 900_000), (.milliseconds(1_500), 901_500),
            (.seconds(3_600), 4_500_000),
        ] as [(Duration, Int64)]
    )
    func `without a wish a job lives as long as it may run, wait and be read`(wall: Duration, lifetime: Int64)
        async throws
    {
        let fixture = JobFixture()
        #expect(
            try await fixture.make(JobFixture.alice, JobFixture.order(wallLimit: wall)).opening.ttl
                == lifetime
        )
    }

    @Test func `times without end do not overflow`() async throws {
        let endless = Duration.seconds(Int64.max)
        let fixture = JobFixture(
            limits: JobLimits(
                questionTime: endless,
                slotWait: endless,
                readingTime: endless,
                shortestReadingTime: endless,
                longestLifetime: endless
            )
        )
        for wish in [nil, Int64.max, .min] {
            let handle = try await fixture.make(
                JobFixture.alice,
                JobFixture.order(wallLimit: endless, wish: wish)
            )
            #expect(handle.opening.ttl > 0)
            let asking = await fixture.ask(handle, "a", "b")
            await handle.cancel()
            _ = await asking.value
        }
    }
}
