// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Logging
import Testing

@testable import ContainerMCPCore

/// A store with a clock of its own, and what tests do with it again and again.
struct JobFixture {
    static let alice = JobOwner.subject("https://issuer.example alice")
    static let bob = JobOwner.subject("https://issuer.example bob")
    static let done = ToolResult(content: [.text("done")])

    let clock: TestClock
    let changes = EventRecorder<String>()
    let store: JobStore

    init(
        limits: JobLimits = JobLimits(),
        clock: TestClock = TestClock(),
        storage: JobStorage? = nil,
        tag: String? = nil
    ) {
        self.clock = clock
        store = JobStore(
            limits: limits,
            storage: storage,
            tag: tag,
            clock: { clock.now },
            logger: Logger(label: "jobs"),
            changes: { [changes] id in changes.note(id) }
        )
    }

    static func order(
        wallLimit: Duration = .seconds(60),
        wish: Int64? = nil,
        capabilities: JSONObject = ["roots": [:]]
    ) -> JobOrder {
        JobOrder(
            tool: "system_run_command",
            wallLimit: wallLimit,
            wishedLifetime: wish,
            capabilities: ClientCapabilities(capabilities),
            revision: .v20260728
        )
    }

    func make(_ owner: JobOwner = alice, _ order: JobOrder = order()) async throws -> JobHandle {
        try await store.create(order, for: owner)
    }

    func snapshot(_ handle: JobHandle, _ owner: JobOwner = alice) throws -> TaskSnapshot {
        try #require(store.current(handle.id, for: owner))
    }

    /// Lets the work of a job ask, and waits until the questions are open.
    func ask(_ handle: JobHandle, _ keys: String...) async -> Task<
        Result<[String: JobAnswer], ToolError>, Never
    > {
        let before = openQuestions(handle)
        let asking = Task { () -> Result<[String: JobAnswer], ToolError> in
            do throws(ToolError) {
                return .success(try await handle.ask(keys.map { InputQuestion(key: $0, request: .roots) }))
            } catch {
                return .failure(error)
            }
        }
        while openQuestions(handle) < before + keys.count { await Task.yield() }
        return asking
    }

    private func openQuestions(_ handle: JobHandle) -> Int {
        store.change { table, _, _ in table.jobs[handle.id]?.questions.count ?? .max }
    }

    /// Lets a call wait for the end of a job, and waits until it does.
    func wait(
        _ handle: JobHandle,
        _ owner: JobOwner = alice,
        beside known: Set<String>? = nil
    ) async -> Task<Result<TaskSnapshot, JSONRPCError>, Never> {
        let before = waiters(handle)
        let waiting = Task { () -> Result<TaskSnapshot, JSONRPCError> in
            do throws(JSONRPCError) {
                return .success(
                    try await store.waitForEnd(of: handle.id, for: owner, orQuestionsBeside: known)
                )
            } catch {
                return .failure(error)
            }
        }
        while waiters(handle) == before { await Task.yield() }
        return waiting
    }

    func waiters(_ handle: JobHandle) -> Int {
        store.change { table, _, _ in table.jobs[handle.id]?.waiters.count ?? -1 }
    }

    static func error(_ body: () async throws -> Void) async -> JSONRPCError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? JSONRPCError
        }
    }
}
