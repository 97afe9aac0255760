// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@testable import ContainerMCPCore

@Suite struct JobOwnershipTests {
    private let fixture = JobFixture()

    private static let conversation = ConversationID()

    static let strangers: [JobOwner] = [
        JobFixture.bob, .anonymous, .conversation(conversation), .subject("https://issuer.example Alice"),
    ]

    /// What each call answers about an identifier that the caller can't see.
    private func errors(_ id: String, _ owner: JobOwner) async -> [JSONRPCError?] {
        let store = fixture.store
        return [
            await JobFixture.error { _ = try store.snapshot(of: id, for: owner) },
            await JobFixture.error { try store.update(id, for: owner, responses: ["x-1": 1]) },
            await JobFixture.error { try store.giveUp("x-1", of: id, for: owner, JobTable.over) },
            await JobFixture.error { _ = try await store.cancel(id, for: owner) },
            await JobFixture.error { _ = try await store.waitForEnd(of: id, for: owner) },
        ]
    }

    @Test(arguments: strangers)
    func `the job of somebody else is unknown in the same words as one that never was`(owner: JobOwner)
        async throws
    {
        let handle = try await fixture.make()
        let foreign = await errors(handle.id, owner)
        let never = await errors(JobIdentifier.make(tag: nil), owner)
        #expect(foreign == never)
        #expect(Set(foreign) == [JSONRPCError.unknownTask])
        #expect(fixture.store.current(handle.id, for: owner) == nil)
        #expect(try fixture.store.list(for: owner, from: nil).jobs.isEmpty)
        #expect(try fixture.snapshot(handle).outcome == nil)
    }

    @Test func `an expired job is unknown in the same words`() async throws {
        let handle = try await fixture.make()
        fixture.clock.advance(seconds: 960)
        #expect(Set(await errors(handle.id, JobFixture.alice)) == [JSONRPCError.unknownTask])
        #expect(JSONRPCError.unknownTask.code == .invalidParams)
    }

    @Test(arguments: ["", "x", String(repeating: "a", count: 100_000), "a\u{0}b", "../../etc/passwd"])
    func `what can be no identifier is unknown too`(id: String) async {
        #expect(Set(await errors(id, JobFixture.alice)) == [JSONRPCError.unknownTask])
    }

    @Test func `a spelling that Unicode holds to be equivalent finds nothing`() async throws {
        // The Kelvin sign equals the letter K for Swift's strings.
        var handle = try await fixture.make()
        while !handle.id.contains("K") {
            await handle.cancel()
            fixture.clock.advance(seconds: 1_000)
            handle = try await fixture.make()
        }
        let twin = String(handle.id.map { $0 == "K" ? "\u{212A}" : $0 })
        #expect(twin == handle.id)
        #expect(fixture.store.current(twin, for: JobFixture.alice) == nil)
        #expect(fixture.store.current(handle.id, for: JobFixture.alice) != nil)
    }

    @Test func `subjects whose names are only equivalent are two owners`() async throws {
        let handle = try await fixture.make(.subject("K"))
        #expect(fixture.store.current(handle.id, for: .subject("\u{212A}")) == nil)
        #expect(fixture.store.current(handle.id, for: .subject("K")) != nil)
        #expect(Set([JobOwner.subject("K"), .subject("\u{212A}"), .subject("K")]).count == 2)
    }

    @Test func `conversations are never the same`() {
        #expect(Set((0..<100).map { _ in ConversationID() }).count == 100)
    }

    @Test func `a list shows the jobs of its owner, newest first`() async throws {
        var ids: [String] = []
        for _ in 0..<3 {
            ids.insert(try await fixture.make().id, at: 0)
            _ = try await fixture.make(JobFixture.bob)
            fixture.clock.advance(seconds: 1)
        }
        let page = try fixture.store.list(for: JobFixture.alice, from: nil)
        #expect(page.jobs.map(\.id) == ids)
        #expect(page.nextCursor == nil)
    }

    @Test func `pages fit together while jobs are made, and each job is on one of them`() async throws {
        let large = JobFixture(limits: JobLimits(keptPerOwner: 200, livePerOwner: 200))
        var ids: Set<String> = []
        for _ in 0..<120 { ids.insert(try await large.make().id) }
        var seen: [String] = []
        var cursor: String?
        repeat {
            let page = try large.store.list(for: JobFixture.alice, from: cursor)
            #expect(page.jobs.count <= 50)
            seen += page.jobs.map(\.id)
            cursor = page.nextCursor
            large.clock.advance(seconds: 1)
            _ = try await large.make()
        } while cursor != nil
        #expect(seen.count == 120)
        #expect(Set(seen) == ids)
    }

    @Test(arguments: [
        "", "0", "no-such-job-but-of-the-right-length", String(repeating: "A", count: 1_000_000),
    ])
    func `a cursor that names no place is refused`(cursor: String) async throws {
        _ = try await fixture.make()
        let error = await JobFixture.error { _ = try fixture.store.list(for: JobFixture.alice, from: cursor) }
        #expect(error?.code == .invalidParams)
    }

    @Test func `the job of somebody else is no cursor`() async throws {
        let foreign = try await fixture.make(JobFixture.bob)
        let error = await JobFixture.error {
            _ = try fixture.store.list(for: JobFixture.alice, from: foreign.id)
        }
        #expect(error == JobError.badCursor)
    }
}
