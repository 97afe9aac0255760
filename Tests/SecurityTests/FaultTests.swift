// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPSandbox
import Glibc
import Synchronization
import Testing

/// What breaks around calls: processes of the sandbox that are killed or stopped, crowds, a clock that jumps.
///
/// After each the service goes on, every call has its answer, and nothing is left.
@Suite(.serialized) struct FaultTests {
    /// A process of a call that runs until it is told to go, and those of the sandbox above it.
    private struct Sight {
        let launcher: pid_t
        let supervisor: pid_t
        let sleeper: pid_t
    }

    /// Gives the processes of a running call to the body; returns what came of the call.
    private func withCall(
        _ attacked: AttackServer,
        _ command: String = "",
        timeout: Double = 100,
        _ body: (Sight) async throws -> Void
    ) async throws -> Reply {
        let line = command + "sleep \(attacked.mark)"
        let running = Task { await attacked.bash(line, timeout: timeout) }
        var sight: Sight?
        _ = await eventually {
            guard let sleeper = HostProcesses.ids(withArgument: "sleep\0" + attacked.mark).first,
                let launcher = HostProcesses.launcher(above: sleeper),
                let supervisor = HostProcesses.ancestor(of: sleeper, named: "cmcp-init")
            else { return false }
            sight = Sight(launcher: launcher, supervisor: supervisor, sleeper: sleeper)
            return true
        }
        do {
            try await body(try #require(sight))
        } catch {
            running.cancel()
            throw error
        }
        return await running.value
    }

    /// The launcher of a server in which nothing runs.
    private func launcher(of attacked: AttackServer) async throws -> pid_t {
        // A call that comes before the loss of a launcher is noticed fails: then the next one tells.
        var found: pid_t?
        for _ in 0..<10 where found == nil {
            let hasEnded = Atomic(false)
            let running = Task {
                _ = await attacked.bash("sleep \(attacked.mark)", timeout: 100)
                hasEnded.store(true, ordering: .relaxed)
            }
            _ = await eventually {
                found = HostProcesses.ids(withArgument: "sleep\0" + attacked.mark).first
                    .flatMap { HostProcesses.launcher(above: $0) }
                return found != nil || hasEnded.load(ordering: .relaxed)
            }
            running.cancel()
            await running.value
        }
        return try #require(found)
    }

    /// Waits for a call to be served; what is refused on the way must say that the sandbox is being restarted.
    private func expectService(_ attacked: AttackServer, _ when: String) async {
        let isServed = await eventually {
            let reply = await attacked.bash("echo served")
            if reply.output == "served\n" { return true }
            #expect(reply.isError && reply.trouble.contains("sandbox"), "\(when): \(reply.everything)")
            return false
        }
        #expect(isServed, "\(when)")
    }

    @Test(arguments: attackedLevels)
    func `a launcher that is killed at any step of a call costs that call at most`(level: SandboxLevel)
        async throws
    {
        try await AttackServer.with(level) { attacked in
            _ = try await launcher(of: attacked)
            let descriptors = HostProcesses.openDescriptors()
            var (served, lost) = (0, 0)
            for round in 0..<30 {
                let launcher = try await launcher(of: attacked)
                let running = Task { await attacked.bash("echo one; sleep 0.002; echo two") }
                try await Task.sleep(for: .microseconds(round * 400))
                kill(launcher, SIGKILL)
                let reply = await running.value
                if reply.output == "one\ntwo\n" {
                    served += 1
                } else {
                    lost += 1
                    #expect(reply.isError && reply.exitCode == nil, "\(round): \(reply.everything)")
                    #expect(reply.trouble.contains("sandbox"), "\(round): \(reply.everything)")
                }
                // What the old one left may serve for as long as it lives.
                let isDead = await eventually { !HostProcesses.isAlive(launcher) }
                #expect(isDead)
                await expectService(attacked, "round \(round)")
            }
            #expect(lost > 0, "\(served) served")
            // Other suites open and close some of their own meanwhile.
            let isBack = await eventually { HostProcesses.openDescriptors() <= descriptors + 40 }
            #expect(isBack, "\(descriptors) before, \(HostProcesses.openDescriptors()) after")
        }
    }

    @Test(arguments: attackedLevels)
    func `a supervisor that is killed takes its call along, and no other`(level: SandboxLevel) async throws {
        try await AttackServer.with(level) { attacked in
            async let other = attacked.bash(
                "until [ -e over ]; do sleep 0.02; done; echo unharmed",
                timeout: 60
            )
            for _ in 0..<5 {
                let reply = try await withCall(attacked, "(setsid sleep \(attacked.mark) &); ") { sight in
                    kill(sight.supervisor, SIGKILL)
                }
                #expect(reply.failed && !reply.flag("timed_out"), "\(reply.everything)")
                let isGone = await eventually { HostProcesses.ids(withArgument: attacked.mark).isEmpty }
                #expect(isGone)
            }
            #expect(await attacked.fileWrite("over.txt").flag("success"))
            _ = await attacked.bash("mv over.txt over")
            let unharmed = await other
            #expect(unharmed.output == "unharmed\n", "\(unharmed.everything)")
        }
    }

    @Test(.timeLimit(.minutes(3)), arguments: attackedLevels)
    func `a supervisor that is stopped holds neither the time limit nor others up`(level: SandboxLevel)
        async throws
    {
        try await AttackServer.with(level) { attacked in
            let reply = try await withCall(attacked, "(setsid sleep \(attacked.mark) &); ", timeout: 2) {
                sight in
                kill(sight.supervisor, SIGSTOP)
                #expect(await attacked.bash("echo served").output == "served\n")
            }
            #expect(reply.failed, "\(reply.everything)")
            let isGone = await eventually { HostProcesses.ids(withArgument: attacked.mark).isEmpty }
            #expect(isGone)
        }
    }

    @Test(.timeLimit(.minutes(3)), arguments: attackedLevels)
    func `a launcher that is stopped leaves no call without an answer`(level: SandboxLevel) async throws {
        try await AttackServer.with(level) { attacked in
            let launcher = try await launcher(of: attacked)
            kill(launcher, SIGSTOP)
            let replies = await withTaskGroup { group in
                for number in 0..<12 {
                    group.addTask {
                        let caller = Caller(session: "s\(number)", conversation: ConversationID())
                        return await attacked.bash("echo served", timeout: 2, as: caller)
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for reply in replies where reply.output != "served\n" {
                #expect(reply.flag("timed_out") || !reply.trouble.isEmpty, "\(reply.everything)")
            }
            kill(launcher, SIGCONT)
            await expectService(attacked, "after it went on")
        }
    }

    @Test(arguments: attackedLevels)
    func `200 calls at once against 4 places are each served, or told that the server is busy`(
        level: SandboxLevel
    ) async throws {
        try await AttackServer.with(level, ["EXEC_MAX_RUNNING": "4", "EXEC_MAX_WAITING": "64"]) { attacked in
            let replies = await withTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let caller = Caller(session: "s\(number)", conversation: ConversationID())
                        return (number, await attacked.bash("sleep 0.02; echo \(number)", as: caller))
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(replies.count == 200)
            var served = 0
            for (number, reply) in replies {
                if reply.output == "\(number)\n" {
                    served += 1
                } else {
                    #expect(reply.isError && reply.trouble.contains("busy"), "\(number): \(reply.everything)")
                }
            }
            #expect(served >= 68)
            #expect(await attacked.fileWrite("after.txt").flag("success"))
        }
    }

    @Test(arguments: attackedLevels)
    func `a launcher that may start no more processes refuses calls in words until it may again`(
        level: SandboxLevel
    ) async throws {
        guard geteuid() != 0 else {
            try Test.cancel("the kernel holds no root to a number of processes; the same tests run as a user")
        }
        try await AttackServer.with(level) { attacked in
            let launcher = try await launcher(of: attacked)
            let limit = { (number: String) in
                try Unconfined.run(
                    "/usr/bin/prlimit",
                    ["prlimit", "--pid", "\(launcher)", "--nproc=\(number):"]
                )
            }
            let before = try Unconfined.run(
                "/usr/bin/prlimit",
                ["prlimit", "--pid", "\(launcher)", "--nproc", "--noheadings", "--raw", "--output=SOFT"]
            ).output.filter { !$0.isWhitespace }
            try #require(limit("1").status == 0)
            var refused = 0
            // Supervisors that were parked before still take calls.
            for _ in 0..<20 {
                let reply = await attacked.bash("echo served")
                guard reply.output != "served\n" else { continue }
                refused += 1
                #expect(reply.failed && !reply.trouble.isEmpty, "\(reply.everything)")
            }
            #expect(refused > 0)
            try #require(limit(before).status == 0)
            await expectService(attacked, "when it may again")
        }
    }

    @Test(arguments: attackedLevels)
    func `a clock that jumps by days ends no call early and none late`(level: SandboxLevel) async throws {
        guard let name = unsafe getenv("CMCP_IN_VM"), unsafe String(cString: name) == "1", geteuid() == 0
        else {
            try Test.cancel("the clock of this machine is not the tests' to set; bin/vm has one that is")
        }
        func jump(days: Int) throws {
            var now = timespec()
            try #require(unsafe clock_gettime(CLOCK_REALTIME, &now) == 0)
            now.tv_sec += days * 86_400
            try #require(unsafe clock_settime(CLOCK_REALTIME, &now) == 0)
        }
        try await AttackServer.with(level) { attacked in
            for days in [30, -60, 30] {
                let start = ContinuousClock.now
                let limited = try await withCall(attacked, timeout: 3) { _ in try jump(days: days) }
                #expect(limited.flag("timed_out"), "\(limited.everything)")
                #expect(start.duration(to: .now) >= .seconds(3))
                #expect(await attacked.bash("echo served").output == "served\n")
            }
        }
    }
}
