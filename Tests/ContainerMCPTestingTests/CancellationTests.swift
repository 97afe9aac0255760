// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import ContainerMCPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct CancellationTests {
    private func limits(_ running: Int) -> LimitSettings {
        HostFixture.limits(running: running, waiting: 400, session: 400)
    }

    /// Every place can be taken again: as many calls as there are places run at once.
    private func expectAllPlacesFree(_ fixture: HostFixture, _ places: Int, _ gate: Gate) async {
        let before = fixture.runner.runs.count
        await withTaskGroup(of: ToolResult.self) { group in
            for _ in 0..<places { group.addTask { await fixture.bash("last") } }
            await fixture.runner.begun(before + places)
            #expect(fixture.runner.running == places)
            gate.open()
            for await result in group { #expect(result.isSuccess) }
        }
        #expect(fixture.runner.running == 0)
    }

    @Test func `a running call that is given up ends, says so and frees its place`() async throws {
        let gate = Gate()
        let fixture = try HostFixture(ScriptedRunner(.waits(gate, then: .success)), limits: limits(1))
        let call = Task { await fixture.bash() }
        await fixture.runner.begun(1)
        call.cancel()
        #expect(await call.value.refusal?.contains("given up") == true)
        await expectAllPlacesFree(fixture, 1, gate)
    }

    @Test func `a waiting call that is given up never runs, and the next in line does`() async throws {
        let gate = Gate()
        let fixture = try HostFixture(ScriptedRunner(.waits(gate, then: .success)), limits: limits(1))
        let first = Task { await fixture.bash("first") }
        await fixture.runner.begun(1)
        let second = Task { await fixture.bash("second") }
        let third = Task { await fixture.bash("third") }
        second.cancel()
        #expect(await second.value.refusal?.contains("given up") == true)
        first.cancel()
        #expect(await first.value.refusal?.contains("given up") == true)
        await fixture.runner.begun(2)
        gate.open()
        #expect(await third.value.isSuccess)
        #expect(fixture.runner.runs.map { $0.request.arguments.last } == ["first", "third"])
    }

    @Test func `a call that is given up before it begins never runs`() async throws {
        let gate = Gate()
        let fixture = try HostFixture(ScriptedRunner(.waits(gate, then: .success)), limits: limits(1))
        let start = Gate()
        let call = Task {
            _ = await start.pass()
            return await fixture.bash()
        }
        call.cancel()
        #expect(await call.value.refusal?.contains("given up") == true)
        #expect(fixture.runner.runs.isEmpty)
    }

    @Test(arguments: [1, 4]) func `hundreds of calls given up at any moment leave every place free`(
        places: Int
    ) async throws {
        // Every third run ends by itself, so that endings and cancellations meet.
        let gate = Gate()
        let runner = ScriptedRunner { run in
            switch run.request.arguments.last {
            case "quick": .ends(.success)
            default: .waits(gate, then: .success)
            }
        }
        let fixture = try HostFixture(runner, limits: limits(places))
        for round in 0..<40 {
            let calls = (0..<12).map { number in
                Task {
                    await fixture.bash(number.isMultiple(of: 3) ? "quick" : "slow", session: "s\(number)")
                }
            }
            for (number, call) in calls.enumerated() where number.isMultiple(of: 3) == round.isMultiple(of: 2)
            {
                call.cancel()
                await Task.yield()
            }
            for call in calls { call.cancel() }
            for call in calls {
                let result = await call.value
                #expect(result.isSuccess || result.refusal?.contains("given up") == true)
            }
        }
        await expectAllPlacesFree(fixture, places, gate)
    }

    @Test func `an opened place goes to somebody even when its taker is given up at that moment`()
        async throws
    {
        for _ in 0..<200 {
            let gate = Gate()
            let fixture = try HostFixture(ScriptedRunner(.waits(gate, then: .success)), limits: limits(1))
            let first = Task { await fixture.bash("first") }
            await fixture.runner.begun(1)
            let second = Task { await fixture.bash("second") }
            let third = Task { await fixture.bash("third") }
            async let opened: Void = gate.open()
            second.cancel()
            await opened
            #expect(await first.value.isSuccess)
            #expect(await third.value.isSuccess)
            let result = await second.value
            #expect(result.isSuccess || result.refusal?.contains("given up") == true)
            #expect(fixture.runner.mostRunning == 1)
        }
    }
}
