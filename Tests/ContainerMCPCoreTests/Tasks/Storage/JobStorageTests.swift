// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Glibc
import Logging
import Synchronization
import Testing

@testable import ContainerMCPCore

@Suite final class JobStorageTests: Sendable {
    private let folder: TemporaryFolder
    private let clock = TestClock()
    private let last = Mutex<JobStorage?>(nil)

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A server start after the crash of the one before.
    private func start(limits: JobLimits = JobLimits()) async throws -> JobFixture {
        await last.withLock { $0 }?.close()
        let storage = JobStorage(folder: folder.path + "/store", logger: Logger(label: "jobs"))
        last.withLock { $0 = storage }
        let fixture = JobFixture(limits: limits, clock: clock, storage: storage)
        try await fixture.store.restore()
        return fixture
    }

    /// Makes a job with a server of its own.
    private func crash(_ body: (JobFixture, JobHandle) async throws -> Void) async throws -> TaskSnapshot {
        let fixture = try await start()
        let handle = try await fixture.make()
        try await body(fixture, handle)
        return try fixture.snapshot(handle)
    }

    private func path(_ id: String) -> String { "store/" + JobRecord.fileName(of: id) }

    private func failure() async -> JobStorageFailure? {
        do {
            _ = try await start()
            return nil
        } catch {
            return error as? JobStorageFailure
        }
    }

    @Test func `an ended job can be read after a restart, field for field`() async throws {
        let before = try await crash { fixture, handle in
            fixture.clock.advance(seconds: 5)
            await handle.finish(
                .result(ToolResult(content: [.text("done")], structuredContent: ["exit_code": 0]))
            )
        }
        let restarted = try await start()
        #expect(try restarted.store.snapshot(of: before.id, for: JobFixture.alice) == before)
        #expect(try restarted.store.list(for: JobFixture.alice, from: nil).jobs == [before])
        #expect(restarted.store.current(before.id, for: JobFixture.bob) == nil)
        let cancellation = try await restarted.store.cancel(before.id, for: JobFixture.alice)
        #expect(cancellation.hadEnded)
    }

    @Test func `a cancelled and a failed job are so after a restart`() async throws {
        let cancelled = try await crash { _, handle in await handle.cancel() }
        let failed = try await crash { _, handle in
            await handle.finish(.failure(JSONRPCError(.internalError, "internal failure", data: [1])))
        }
        let restarted = try await start()
        #expect(restarted.store.current(cancelled.id, for: JobFixture.alice) == cancelled)
        #expect(restarted.store.current(failed.id, for: JobFixture.alice) == failed)
    }

    @Test func `an unfinished job has failed as interrupted after a restart, and stays so`() async throws {
        let before = try await crash { _, handle in handle.started {} }
        clock.advance(seconds: 9)
        var after: TaskSnapshot?
        do {
            let restarted = try await start()
            after = restarted.store.current(before.id, for: JobFixture.alice)
        }
        #expect(after?.outcome == .failure(JSONRPCError(.internalError, "interrupted by a restart")))
        #expect(after?.statusMessage == "interrupted by a restart")
        #expect(after?.lastUpdatedAt == "2026-08-24T09:00:09Z")
        #expect(after?.createdAt == before.createdAt)
        #expect(after?.ttl == before.ttl)
        clock.advance(seconds: 9)
        let again = try await start()
        #expect(again.store.current(before.id, for: JobFixture.alice) == after)
    }

    @Test func `a job that a stop ended reads the same before and after the restart`() async throws {
        let before = try await crash { fixture, _ in await fixture.store.stop() }
        let restarted = try await start()
        #expect(restarted.store.current(before.id, for: JobFixture.alice)?.outcome == before.outcome)
    }

    @Test func `an expired record is deleted`() async throws {
        let before = try await crash { _, handle in await handle.finish(.result(JobFixture.done)) }
        clock.advance(milliseconds: before.ttl)
        let restarted = try await start()
        #expect(restarted.store.current(before.id, for: JobFixture.alice) == nil)
        #expect(!folder.exists(path(before.id)))
    }

    @Test func `the record of a job that expires is deleted while the server runs`() async throws {
        let fixture = try await start()
        let handle = try await fixture.make()
        #expect(folder.exists(path(handle.id)))
        clock.advance(seconds: 960)
        await fixture.store.removeExpired()
        #expect(!folder.exists(path(handle.id)))
    }

    @Test func `a record stands in a closed folder, in a closed file, under the hash of the identifier`()
        async throws
    {
        let fixture = try await start()
        let handle = try await fixture.make()
        #expect(folder.mode("store") == 0o700)
        #expect(folder.mode(path(handle.id)) == 0o600)
        #expect(path(handle.id).utf8.count == 6 + 64 + 5)
        #expect(!path(handle.id).contains(handle.id))
        await handle.finish(.result(JobFixture.done))
        #expect(try folder.read(path(handle.id)).contains("\"done\""))
    }

    @Test(arguments: [.anonymous, .conversation(ConversationID())] as [JobOwner])
    func `jobs of nobody in particular are not recorded`(owner: JobOwner) async throws {
        let fixture = try await start()
        let handle = try await fixture.make(owner)
        #expect(!folder.exists(path(handle.id)))
        await handle.finish(.result(JobFixture.done))
        #expect(!folder.exists(path(handle.id)))
        #expect(folder.exists("store"))
    }

    @Test func `a job that can't be recorded is not made`() async throws {
        let fixture = try await start()
        var remover = TreeRemover(top: unsafe open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        _ = remover.run()
        let error = await JobFixture.error { _ = try await fixture.make() }
        #expect(error == JobError.storeFailed)
        #expect(try fixture.store.list(for: JobFixture.alice, from: nil).jobs.isEmpty)
        #expect(await JobFixture.error { _ = try await fixture.make(.anonymous) } == nil)
    }

    @Test func `an end that can't be recorded holds all the same, and no older record speaks against it`()
        async throws
    {
        let fixture = try await start()
        let handle = try await fixture.make()
        let draft = path(handle.id) + ".new"
        // A folder in the place of the draft, which can't be unlinked.
        try folder.makeFolder(draft)
        await handle.finish(.result(JobFixture.done))
        #expect(try fixture.snapshot(handle).outcome == .result(JobFixture.done))
        #expect(!folder.exists(path(handle.id)))
    }

    @Test func `an end is not seen before it is recorded, and a cancellation by then is late`() async throws {
        let fixture = try await start()
        let handle = try await fixture.make()
        let waiting = await fixture.wait(handle)
        let decision = fixture.store.change { table, effects, now in
            table.decide(handle.id, .result(JobFixture.done), bytes: 10, now: now, &effects)
        }
        guard case .record(let record) = decision else {
            Issue.record("not to be recorded")
            return
        }
        #expect(record.outcome == .result(JobFixture.done))
        #expect(try fixture.snapshot(handle).status(in: .modern) == .working)
        #expect(try await fixture.store.cancel(handle.id, for: JobFixture.alice).hadEnded)
        #expect(fixture.waiters(handle) == 1)
        // What is being written is not forgotten under the writer's hands.
        clock.advance(seconds: 10_000)
        await fixture.store.removeExpired()
        #expect(folder.exists(path(handle.id)))
        clock.advance(seconds: -10_000)
        fixture.store.change { table, effects, _ in table.settle(handle.id, &effects) }
        #expect(try await waiting.value.get().outcome == .result(JobFixture.done))
    }

    @Test func `the end of a cancelled task is recorded to the end`() async throws {
        let before = try await crash { _, handle in
            let gate = TestGate()
            let finishing = Task {
                await gate.pass()
                await handle.finish(.result(JobFixture.done))
            }
            await gate.awaitWaiter()
            finishing.cancel()
            gate.open()
            await finishing.value
        }
        let restarted = try await start()
        #expect(
            restarted.store.current(before.id, for: JobFixture.alice)?.outcome == .result(JobFixture.done)
        )
    }

    private func nested(_ depth: Int) -> JobOutcome {
        var value = JSONValue.integer(1)
        for _ in 0..<depth { value = .array([value]) }
        return .result(ToolResult(content: [], structuredContent: value))
    }

    @Test func `a result that is nested as deep as a message is kept`() async throws {
        let before = try await crash { [self] _, handle in await handle.finish(nested(128)) }
        #expect(before.outcome == nested(128))
        let restarted = try await start()
        #expect(restarted.store.current(before.id, for: JobFixture.alice) == before)
    }

    @Test func `a result that could not be read back becomes a tool error`() async throws {
        let before = try await crash { [self] _, handle in await handle.finish(nested(600)) }
        guard case .result(let result)? = before.outcome else {
            Issue.record("no result")
            return
        }
        #expect(result.isError)
        let restarted = try await start()
        #expect(restarted.store.current(before.id, for: JobFixture.alice) == before)
    }

    @Test func `a truncated, changed or foreign record is skipped and left where it is`() async throws {
        let kept = try await crash { _, handle in await handle.finish(.result(JobFixture.done)) }
        let text = try folder.read(path(kept.id))
        let spoilt = [
            "", "{", String(text.dropLast(1)), text + "x", "[]", "{\"format\":1}",
            text.replacing("\"format\":1", with: "\"format\":2"),
            text.replacing("\"lifetime\":960000", with: "\"lifetime\":0"),
            text.replacing("\"lifetime\":960000", with: "\"lifetime\":9223372036854775807"),
            text.replacing("\"createdAt\":1787562000000", with: "\"createdAt\":9223372036854775807"),
            text.replacing("\"isError\":false", with: "\"isError\":0"),
        ]
        for (number, text) in spoilt.enumerated() {
            let id = JobIdentifier.make(tag: "\(number)")
            try folder.write(path(id), text.replacing(kept.id, with: id), mode: 0o600)
        }
        // A record under the name of another one.
        let foreign = path(JobIdentifier.make(tag: nil))
        try folder.write(foreign, text, mode: 0o600)
        try folder.write("store/readme.txt", "not ours", mode: 0o600)
        let restarted = try await start()
        #expect(try restarted.store.list(for: JobFixture.alice, from: nil).jobs.map(\.id) == [kept.id])
        #expect(folder.exists(foreign))
        #expect(folder.exists("store/readme.txt"))
    }

    @Test func `links, open files, folders, pipes and second names are no records`() async throws {
        let kept = try await crash { _, handle in await handle.finish(.result(JobFixture.done)) }
        let text = try folder.read(path(kept.id))
        var ids = (0..<5).map { JobIdentifier.make(tag: "\($0)") }
        for (number, id) in ids.enumerated() {
            try folder.write("record\(number)", text.replacing(kept.id, with: id), mode: 0o600)
        }
        try folder.link(path(ids[0]), to: folder.path + "/record0")
        #expect(unsafe link(folder.path + "/record1", folder.path + "/" + path(ids[1])) == 0)
        try folder.write(path(ids[2]), text.replacing(kept.id, with: ids[2]), mode: 0o644)
        try folder.makeFolder(path(ids[3]))
        #expect(unsafe mkfifo(folder.path + "/" + path(ids[4]), 0o600) == 0)
        // The very same text is taken where nothing is wrong with its file.
        ids.append(JobIdentifier.make(tag: "good"))
        try folder.write(path(ids[5]), text.replacing(kept.id, with: ids[5]), mode: 0o600)
        let restarted = try await start()
        #expect(
            ids.map { restarted.store.current($0, for: JobFixture.alice) != nil } == [
                false, false, false, false, false, true,
            ]
        )
    }

    @Test func `a record that is larger than a result may be is skipped`() async throws {
        let large = try await crash { _, handle in
            await handle.finish(.result(ToolResult(content: [.text(String(repeating: "x", count: 100_000))])))
        }
        do {
            let small = try await start(limits: JobLimits(resultBytes: 1_000))
            #expect(small.store.current(large.id, for: JobFixture.alice) == nil)
        }
        let restarted = try await start()
        #expect(restarted.store.current(large.id, for: JobFixture.alice) == large)
    }

    @Test func `a restart brings back no more jobs and bytes than may be kept`() async throws {
        for _ in 0..<4 {
            _ = try await crash { _, handle in
                await handle.finish(
                    .result(ToolResult(content: [.text(String(repeating: "x", count: 10_000))]))
                )
            }
        }
        do {
            let few = try await start(limits: JobLimits(kept: 3))
            #expect(try few.store.list(for: JobFixture.alice, from: nil).jobs.count == 3)
        }
        do {
            let small = try await start(limits: JobLimits(allResultBytes: 25_000))
            #expect(try small.store.list(for: JobFixture.alice, from: nil).jobs.count == 2)
        }
        let restarted = try await start()
        #expect(try restarted.store.list(for: JobFixture.alice, from: nil).jobs.count == 4)
    }

    @Test func `what a crash left half written goes`() async throws {
        let kept = try await crash { _, handle in await handle.finish(.result(JobFixture.done)) }
        let draft = path(kept.id) + ".new"
        try folder.write(draft, "{", mode: 0o600)
        let restarted = try await start()
        #expect(!folder.exists(draft))
        #expect(restarted.store.current(kept.id, for: JobFixture.alice) == kept)
    }

    @Test func `a link planted where a record will be written is replaced, not followed`() async throws {
        let folder = self.folder
        try folder.write("victim", "untouched")
        let opened = try JobFolder(path: folder.path + "/store")
        let name = JobRecord.fileName(of: JobIdentifier.make(tag: nil))
        try folder.link("store/" + name, to: folder.path + "/victim")
        try folder.link("store/" + name + ".new", to: folder.path + "/victim")
        try opened.write(Array("{}".utf8), to: name)
        #expect(try folder.read("victim") == "untouched")
        #expect(opened.read(name, atMost: 10) == Array("{}".utf8))
    }

    @Test func `a folder that is a link is refused`() async throws {
        try folder.makeFolder("elsewhere")
        try folder.link("store", to: "elsewhere")
        #expect(await failure() != nil)
    }

    @Test func `a folder that is a file is refused`() async throws {
        try folder.write("store", "x")
        #expect(await failure() != nil)
    }

    @Test func `a folder that others may enter is closed to them`() async throws {
        try folder.makeFolder("store", mode: 0o755)
        _ = try await start()
        #expect(folder.mode("store") == 0o700)
    }

    @Test func `two servers do not share a folder`() async throws {
        let first = try await start()
        let second = JobFixture(
            storage: JobStorage(folder: folder.path + "/store", logger: Logger(label: "jobs"))
        )
        await #expect(throws: JobStorageFailure.self) { try await second.store.restore() }
        #expect(await JobFixture.error { _ = try await first.make() } == nil)
        await first.store.stop()
        try await second.store.restore()
        #expect(try second.store.list(for: JobFixture.alice, from: nil).jobs.count == 1)
    }

    @Test func `a store whose folder was not opened makes no job for a subject`() async throws {
        let fixture = JobFixture(
            storage: JobStorage(folder: folder.path + "/store", logger: Logger(label: "jobs"))
        )
        #expect(await JobFixture.error { _ = try await fixture.make() } == JobError.storeFailed)
    }
}
