// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct AdmissionTests {
    private let gate = Gate()

    private func fixture(_ limits: LimitSettings) throws -> HostFixture {
        try HostFixture(ScriptedRunner(.waits(gate, then: .success)), limits: limits)
    }

    @Test func `four programs run at once and the others wait their turn`() async throws {
        let fixture = try fixture(HostFixture.limits())
        await withTaskGroup(of: ToolResult.self) { group in
            for number in 0..<30 { group.addTask { await fixture.bash(session: "s\(number)") } }
            await fixture.runner.begun(4)
            #expect(fixture.runner.running == 4)
            gate.open()
            for await result in group { #expect(result.isSuccess) }
        }
        #expect(fixture.runner.runs.count == 30 && fixture.runner.mostRunning == 4)
        #expect(fixture.runner.running == 0)
    }

    @Test func `a ninth call of one session waits while another session's call runs`() async throws {
        let fixture = try fixture(HostFixture.limits(running: 16))
        await withTaskGroup(of: ToolResult.self) { group in
            for _ in 0..<12 { group.addTask { await fixture.bash(session: "a") } }
            await fixture.runner.begun(8)
            group.addTask { await fixture.bash("other", session: "b") }
            await fixture.runner.begun(9)
            #expect(fixture.runner.runs.last?.request.arguments.last == "other")
            #expect(fixture.runner.running == 9)
            gate.open()
            for await result in group { #expect(result.isSuccess) }
        }
        #expect(fixture.runner.runs.count == 13)
    }

    @Test func `calls of a session count together whatever they do`() async throws {
        let fixture = try fixture(HostFixture.limits(running: 16, session: 3))
        await withTaskGroup(of: ToolResult.self) { group in
            for _ in 0..<3 {
                group.addTask { await fixture.bash() }
                group.addTask { await fixture.python() }
            }
            await fixture.runner.begun(3)
            #expect(fixture.runner.running == 3)
            gate.open()
            for await result in group { #expect(result.isSuccess) }
        }
        #expect(fixture.runner.mostRunning == 3)
    }

    @Test func `a call is refused as busy when all places are taken and the queue is full`() async throws {
        let fixture = try fixture(HostFixture.limits(running: 1, waiting: 2))
        let refusals = await withTaskGroup(of: ToolResult.self) { group in
            for number in 0..<20 { group.addTask { await fixture.bash(session: "s\(number)") } }
            var refusals: [String] = []
            // One runs and two wait behind a closed gate, so the first seventeen to end are those refused.
            for await result in group {
                if let refusal = result.refusal { refusals.append(refusal) }
                if refusals.count == 17 { gate.open() }
            }
            return refusals
        }
        #expect(
            refusals.count == 17 && refusals.allSatisfy { $0.contains("busy") && $0.contains("again later") }
        )
        #expect(fixture.runner.runs.count == 3)
    }

    @Test func `with no places to wait a call is refused at once, and a free place is still given`()
        async throws
    {
        let fixture = try fixture(HostFixture.limits(running: 1, waiting: 0))
        async let first = fixture.bash(session: "a")
        await fixture.runner.begun(1)
        #expect(await fixture.bash(session: "b").refusal?.contains("busy") == true)
        gate.open()
        #expect(await first.isSuccess)
        #expect(await fixture.bash(session: "b").isSuccess)
    }

    @Test func `a session that fills the queue does not keep others from a free place`() async throws {
        let fixture = try fixture(HostFixture.limits(running: 4, waiting: 2, session: 2))
        await withTaskGroup(of: ToolResult.self) { group in
            for _ in 0..<6 { group.addTask { await fixture.bash(session: "greedy") } }
            // Two run, two wait for their session's share, and two are refused.
            for _ in 0..<2 { #expect(await group.next()?.refusal?.contains("busy") == true) }
            #expect(fixture.runner.running == 2)
            group.addTask { await fixture.bash("modest", session: "modest") }
            await fixture.runner.begun(3)
            #expect(fixture.runner.runs.last?.request.arguments.last == "modest")
            gate.open()
            for await result in group { #expect(result.isSuccess) }
        }
    }

    @Test func `a wait that takes too long ends as busy and leaves nothing behind`() async throws {
        let admission = AdmissionGate(
            places: [.exec: .init(running: 1, waiting: 4)],
            sessionShare: 8,
            patience: .milliseconds(1)
        )
        let (runner, gate) = (ScriptedRunner(.waits(gate, then: .success)), gate)
        let request = ProcessRequest(program: "/p", arguments: [], environment: [], directory: "/")
        let holder = Task {
            try await admission.withPlace(.exec, session: "a", ticket: admission.ticket()) {
                () async throws(ToolError) in
                _ = try? await runner.run(request, as: 0)
            }
        }
        await runner.begun(1)
        await #expect(throws: ToolError.self) {
            try await admission.withPlace(.exec, session: "b", ticket: admission.ticket()) {
                () async throws(ToolError) in
            }
        }
        gate.open()
        try await holder.value
        try await admission.withPlace(.exec, session: "b", ticket: admission.ticket()) {
            () async throws(ToolError) in
        }
    }

    @Test func `a call that throws gives its place back`() async throws {
        let runner = ScriptedRunner(.fails(SandboxError(.setUpFailed, "no")))
        let fixture = try HostFixture(runner, limits: HostFixture.limits(running: 1, waiting: 0, session: 1))
        for _ in 0..<10 { #expect(await fixture.bash().refusal?.contains("sandbox") == true) }
    }

    @Test func `two hundred calls at once all get through`() async throws {
        let fixture = try HostFixture(
            ScriptedRunner(.ends(.success)),
            limits: HostFixture.limits(waiting: 200)
        )
        let good = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let session = "s\(number % 25)"
                    return number.isMultiple(of: 2)
                        ? await fixture.bash(session: session).isSuccess
                        : await fixture.python(session: session).isSuccess
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(good == 200 && fixture.runner.runs.count == 200 && fixture.runner.mostRunning <= 4)
    }
}
