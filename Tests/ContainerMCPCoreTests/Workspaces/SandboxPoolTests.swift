// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Synchronization
import Testing

@testable import ContainerMCPCore

@Suite struct SandboxPoolTests {
    /// Counts what was started and what was stopped.
    private final class Records: Sendable {
        let started = Mutex<[WorkspaceKey]>([])
        let stopped = Mutex<[WorkspaceKey]>([])
        var alive: Int { started.withLock { $0.count } - stopped.withLock { $0.count } }
    }

    private struct Fake: StoppableRunner {
        let key: WorkspaceKey
        let records: Records
        let report: EnforcementReport
        let workspacePath = "/workspace"
        let dataPath = "/data"

        func run(_ request: ProcessRequest, as kind: UInt32) async throws(SandboxError) -> ProcessOutcome {
            throw SandboxError(.unavailable, "nothing runs here")
        }

        func stop() async { records.stopped.withLock { $0.append(key) } }
    }

    private static let report = EnforcementReport(
        level: .full,
        statuses: [.seccomp: .enforced, .landlock: .enforced],
        reducedPromises: []
    )

    private let records = Records()
    private let pool = SandboxPool(limit: 3, report: report)

    private func use(
        _ key: WorkspaceKey,
        report: EnforcementReport = report,
        _ work: @escaping @Sendable () async -> Void = {}
    ) async throws(SandboxError) {
        let records = records
        try await pool.use(SandboxPool.Name(workspace: key)) { () async throws(SandboxError) in
            records.started.withLock { $0.append(key) }
            return Fake(key: key, records: records, report: report)
        } work: { _ async throws(SandboxError) in
            await work()
        }
    }

    @Test func `a sandbox is started once, and used again`() async throws {
        for _ in 0..<5 { try await use(.subject("ann")) }
        #expect(records.started.withLock { $0 } == [.subject("ann")])
    }

    @Test func `the one that was idle longest makes room`() async throws {
        for name in ["a", "b", "c", "a", "d"] { try await use(.subject(name)) }
        #expect(records.stopped.withLock { $0 } == [.subject("b")])
        #expect(records.alive == 3)
        try await use(.subject("b"))
        #expect(records.stopped.withLock { $0 } == [.subject("b"), .subject("c")])
        #expect(await pool.count == 3)
    }

    @Test func `one in use never makes room, and there are never more than the bound`() async throws {
        let (go, begun) = (Gate(), Gate())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in ["a", "b", "c"] {
                group.addTask {
                    try await self.use(.subject(name)) {
                        begun.open()
                        await go.passed(1)
                    }
                }
            }
            await begun.passed(3)
            let error = await #expect(throws: SandboxError.self) { try await self.use(.subject("d")) }
            #expect(error?.code == .exhausted)
            #expect(records.stopped.withLock { $0 }.isEmpty)
            go.open()
            try await group.waitForAll()
        }
        try await use(.subject("d"))
        #expect(records.alive == 3)
    }

    @Test func `one with less protection than was reported is ended and not used`() async throws {
        let weaker = EnforcementReport(
            level: .full,
            statuses: [.seccomp: .enforced, .landlock: .partial(missing: "scopes")],
            reducedPromises: []
        )
        await #expect(throws: SandboxError.self) {
            try await use(.subject("a"), report: weaker) { Issue.record("it was used") }
        }
        #expect(records.stopped.withLock { $0 } == [.subject("a")])
        // The next call tries again.
        try await use(.subject("a"))
    }

    @Test func `the sandboxes of a workspace that is over end, and all do at the stop`() async throws {
        for name in ["a", "b"] { try await use(.subject(name)) }
        await pool.end(.subject("a"))
        #expect(records.stopped.withLock { $0 } == [.subject("a")])
        await pool.stop()
        #expect(records.alive == 0)
        await #expect(throws: SandboxError.self) { try await use(.subject("a")) }
    }
}

/// Counts how often it was opened, and lets those pass who wait for that.
private final class Gate: Sendable {
    private struct State {
        var count = 0
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func open() {
        let ready = state.withLock { state in
            state.count += 1
            let count = state.count
            defer { state.waiters.removeAll { $0.count <= count } }
            return state.waiters.filter { $0.count <= count }
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    func passed(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if state.count < count { state.waiters.append((count, continuation)) }
                return state.count >= count
            }
            if isOpen { continuation.resume() }
        }
    }
}
