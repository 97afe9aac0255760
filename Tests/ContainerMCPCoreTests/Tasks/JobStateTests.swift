// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Logging
import Synchronization
import Testing

@testable import ContainerMCPCore

@Suite struct JobStateTests {
    private let fixture = JobFixture()

    /// How a job ends, and what it is then in either era.
    struct End: Sendable, CustomTestStringConvertible {
        let outcome: JobOutcome
        let modern: TaskSnapshot.Status
        let legacy: TaskSnapshot.Status
        let message: String?
        var testDescription: String { "\(modern.rawValue)/\(legacy.rawValue)" }
    }

    static let ends = [
        End(outcome: .result(JobFixture.done), modern: .completed, legacy: .completed, message: nil),
        End(
            outcome: .result(ToolResult(content: [.text("no")], isError: true)),
            modern: .completed,
            legacy: .failed,
            message: "the tool reports an error; the result says which"
        ),
        End(
            outcome: .failure(JSONRPCError(.internalError, "internal failure")),
            modern: .failed,
            legacy: .failed,
            message: "internal failure"
        ),
        End(outcome: .cancelled, modern: .cancelled, legacy: .cancelled, message: nil),
    ]

    @Test func `a new job can be read, is working and says when it was made`() async throws {
        let handle = try await fixture.make()
        let snapshot = try fixture.store.snapshot(of: handle.id, for: JobFixture.alice)
        #expect(snapshot == handle.opening)
        #expect(snapshot.status(in: .modern) == .working)
        #expect(snapshot.statusMessage == "running")
        #expect(snapshot.createdAt == "2026-08-24T09:00:00Z")
        #expect(snapshot.lastUpdatedAt == snapshot.createdAt)
        #expect(snapshot.ttl == 60_000 + 300_000 + 600_000)
        #expect(snapshot.outcome == nil)
    }

    @Test(arguments: ends)
    func `a job ends with its outcome, which is news`(end: End) async throws {
        let handle = try await fixture.make()
        fixture.clock.advance(seconds: 5)
        await handle.finish(end.outcome)
        let snapshot = try fixture.snapshot(handle)
        #expect(snapshot.outcome == end.outcome)
        #expect(snapshot.status(in: .modern) == end.modern)
        #expect(snapshot.status(in: .legacy) == end.legacy)
        #expect(snapshot.statusMessage == end.message)
        #expect(snapshot.lastUpdatedAt == "2026-08-24T09:00:05Z")
        #expect(fixture.changes.events == [handle.id])
    }

    @Test(arguments: ends)
    func `the first end wins and later ones are dropped`(end: End) async throws {
        let handle = try await fixture.make()
        await handle.finish(end.outcome)
        let first = try fixture.snapshot(handle)
        await handle.finish(.failure(JSONRPCError(.internalError, "late")))
        await handle.finish(.result(ToolResult(content: [.text("late")])))
        handle.status("late")
        await handle.cancel()
        #expect(try fixture.snapshot(handle) == first)
        #expect(fixture.changes.events.count == 1)
    }

    @Test func `the handle stays as it was when the job has ended`() async throws {
        let handle = try await fixture.make()
        await handle.finish(.result(JobFixture.done))
        #expect(handle.opening.status(in: .modern) == .working)
        #expect(handle.opening.outcome == nil)
    }

    @Test func `reading changes nothing`() async throws {
        let handle = try await fixture.make()
        await handle.finish(.result(JobFixture.done))
        let first = try fixture.store.snapshot(of: handle.id, for: JobFixture.alice)
        let second = try fixture.store.snapshot(of: handle.id, for: JobFixture.alice)
        #expect(first == second)
    }

    @Test func `a message moves the time of the last change, once, and is no news`() async throws {
        let handle = try await fixture.make()
        fixture.clock.advance(seconds: 3)
        handle.status("half done")
        fixture.clock.advance(seconds: 3)
        handle.status("half done")
        let snapshot = try fixture.snapshot(handle)
        #expect(snapshot.statusMessage == "half done")
        #expect(snapshot.lastUpdatedAt == "2026-08-24T09:00:03Z")
        #expect(fixture.changes.events.isEmpty)
    }

    @Test func `a message is one line of at most 512 bytes`() async throws {
        let handle = try await fixture.make()
        handle.status("a\nb\u{1B}[31m\u{85}c" + String(repeating: "\u{1F600}", count: 1_000))
        let message = try #require(try fixture.snapshot(handle).statusMessage)
        #expect(message.hasPrefix("a b [31m c\u{1F600}"))
        #expect(message.utf8.count <= 512)
        #expect(message.utf8.count > 508)
    }

    @Test func `the last change is never before the creation, whatever the clock does`() async throws {
        let handle = try await fixture.make()
        fixture.clock.advance(seconds: -3_600)
        await handle.finish(.result(JobFixture.done))
        let snapshot = try fixture.snapshot(handle)
        #expect(snapshot.lastUpdatedAt == snapshot.createdAt)
    }

    @Test(
        arguments: [(0, 1_000), (29, 1_000), (30, 2_000), (119, 2_000), (120, 5_000), (900, 5_000)]
            as [(Int64, Int64)]
    )
    func `an older job is to be read less often`(age: Int64, interval: Int64) async throws {
        let handle = try await fixture.make()
        fixture.clock.advance(seconds: age)
        #expect(try fixture.snapshot(handle).pollInterval == interval)
    }

    @Test func `identifiers fit a header, are never the same, and begin with the tag of the replica`()
        async throws
    {
        let tagged = JobFixture(tag: "r1/ä")
        var seen: Set<String> = []
        for _ in 0..<8 {
            let handle = try await tagged.make()
            #expect(handle.id.hasPrefix("r1-"))
            #expect(handle.id.utf8.count == 3 + 32)
            #expect(handle.id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            #expect(seen.insert(handle.id).inserted)
        }
        let plain = try await fixture.make()
        #expect(plain.id.utf8.count == 32)
        #expect(JobIdentifier.loggedName(of: plain.id).utf8.count == 12)
        #expect(!plain.id.contains(JobIdentifier.loggedName(of: plain.id)))
    }

    @Test func `a job may be asked about from the news of its change`() async throws {
        let seen = EventRecorder<TaskSnapshot.Status?>()
        let box = Mutex<JobStore?>(nil)
        let store = JobStore(logger: Logger(label: "jobs")) { id in
            let store = box.withLock { $0 }
            seen.note(store?.current(id, for: .anonymous)?.status(in: .modern))
        }
        box.withLock { $0 = store }
        let handle = try await store.create(JobFixture.order(), for: .anonymous)
        await handle.finish(.cancelled)
        #expect(seen.events == [.cancelled])
    }
}
