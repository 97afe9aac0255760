// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc
import Testing

@testable import ContainerMCPSandbox

/// Control groups of version 2: what limits a call as a whole where they are delegated, and what does elsewhere.
@Suite(.serialized) struct CgroupTests {
    /// Cancels the test, in words, where the kernel limits no memory by group.
    private static func requireMemory(_ sandbox: TestSandbox) throws {
        let report = sandbox.sandbox.report
        guard report.statuses[.treeMemory] == .enforced else {
            let reason = report.statuses[.cgroup]?.detail ?? ""
            try Test.cancel("no memory controller of version 2 is delegated here: \(reason)")
        }
    }

    /// The place for groups, or the test is cancelled.
    private static func delegatedPlace() throws -> GroupPlace {
        do {
            return try GroupPlace.find(needsLimits: false)
        } catch {
            try Test.cancel("no control group of version 2 is delegated here: \(error.reason)")
        }
    }

    /// Starts a sandbox whose calls have groups even if those limit nothing, or cancels the test.
    private static func withGroups(
        level: SandboxLevel = .full,
        _ body: (TestSandbox, _ place: GroupPlace) async throws -> Void
    ) async throws {
        let place = try Self.delegatedPlace()
        try await TestSandbox.with(level: .exactly(level), configure: { $0.groupUse = .bare }) { sandbox in
            let status = try #require(sandbox.sandbox.report.statuses[.cgroup])
            try #require(status.word != "unavailable", "\(status.detail)")
            try await body(sandbox, place)
        }
    }

    /// The folders of the servers whose calls have groups now.
    private static func trees(in place: GroupPlace) -> [String] {
        HostPath.names(in: place.path).filter { $0.hasPrefix(GroupPlace.callsPrefix) }.sorted()
    }

    private static func groups(in place: GroupPlace) -> [String] {
        trees(in: place).flatMap { tree in
            HostPath.names(in: "\(place.path)/\(tree)").map { "\(place.path)/\(tree)/\($0)" }
                .filter { GroupFile.exists($0 + "/cgroup.procs") }
        }
    }

    @Test(arguments: [
        ("0::/", "1 2 0:3 / /cg rw - cgroup2 c rw", "/cg"),
        ("9:pids:/x\n0::/a/b", "1 2 0:3 / /cg rw,nosuid shared:4 - cgroup2 c rw,nsdelegate", "/cg/a/b"),
        ("0::/docker/1", "1 2 0:3 /docker/1 /cg rw - cgroup2 c rw", "/cg"),
        ("0::/docker/1/a", "1 2 0:3 /docker/1 /sys/a\\040b rw - cgroup2 c rw", "/sys/a b/a"),
        ("0::/u", "1 2 0:3 / /cg rw - cgroup c rw\n1 2 0:3 / /sys/u rw - cgroup2 c rw", "/sys/u/u"),
    ])
    func `the group of the server is found through the mount that shows it`(
        membership: String,
        mounts: String,
        path: String
    ) throws {
        #expect(try GroupPlace.locate(mounts: mounts, membership: membership).path == path)
    }

    @Test(arguments: [
        ("9:memory:/a\n8:pids:/a", "1 2 0:3 / /cg rw - cgroup c rw,memory", "no control group of version 2"),
        ("0::/../other", "1 2 0:3 / /cg rw - cgroup2 c rw", "no control group of version 2"),
        ("0::/a", "1 2 0:3 / /cg rw - cgroup c rw,memory", "no tree of control groups of version 2"),
        ("0::/a", "1 2 0:3 / /cg ro,nosuid - cgroup2 c rw", "read-only"),
        ("0::/ab", "1 2 0:3 /a /cg rw - cgroup2 c rw", "no tree of control groups of version 2"),
        ("", "", "no control group of version 2"),
    ])
    func `version 1, a mount that can't be written and groups out of sight are not used, and are named`(
        membership: String,
        mounts: String,
        reason: String
    ) {
        let error = #expect(throws: GroupPlace.Absence.self) {
            try GroupPlace.locate(mounts: mounts, membership: membership)
        }
        #expect(error?.reason.contains(reason) == true)
    }

    @Test(arguments: testedLevels)
    func `without groups a watcher sums the memory of a call, and the report says so`(level: SandboxLevel)
        async throws
    {
        try await TestSandbox.with(level: .exactly(level), configure: { $0.groupUse = .never }) { sandbox in
            let report = sandbox.sandbox.report
            #expect(report.statuses[.cgroup]?.word == "unavailable")
            #expect(report.statuses[.treeMemory]?.detail.contains("a watcher sums it") == true)
            let outcome = try await sandbox.python(Self.manyHolders, limits: Self.patient)
            #expect(outcome.ending == .limit(.memory))
            #expect(outcome.output.text() == "before\n")
        }
    }

    /// Each process stays below its own limit; all together do not.
    private static let manyHolders = """
        import os, time
        print('before', flush=True)
        for i in range(20):
            if os.fork() == 0:
                x = b'x' * (60 << 20); time.sleep(100)
        time.sleep(100)
        """

    /// Also where a kernel is emulated, memory is full before the time is over.
    private static let patient = ProcessRequest.Limits(time: .seconds(110), memory: 256 << 20)

    @Test(arguments: testedLevels)
    func `a call has a group of its own, which is used again once it is empty`(level: SandboxLevel)
        async throws
    {
        try await Self.withGroups(level: level) { sandbox, place in
            async let running = sandbox.bash(
                "sleep \(sandbox.mark("973")) & (setsid sleep \(sandbox.mark("973")) &); wait",
                limits: .init(time: .seconds(110))
            )
            var sleepers: Set<Int32> = []
            let deadline = ContinuousClock.now.advanced(by: .seconds(60))
            while sleepers.count < 2, ContinuousClock.now < deadline {
                sleepers = Set(ProcessTable.ids(withArgument: sandbox.mark("973")))
                await Task.yield()
            }
            try #require(sleepers.count == 2)
            let holding = Self.groups(in: place).filter { group in
                !sleepers.isDisjoint(with: GroupFile.words(group + "/cgroup.procs").compactMap { Int32($0) })
            }
            // One group, with both sleepers, and with the one that left its session.
            try #require(holding.count == 1)
            let members = Set(GroupFile.words(holding[0] + "/cgroup.procs").compactMap { Int32($0) })
            #expect(sleepers.isSubset(of: members) && !members.contains(getpid()))
            // It alone takes everything with it.
            #expect(GroupFile.write("1", to: holding[0] + "/cgroup.kill") == 0)
            _ = try? await running
            while ProcessTable.count(withArgument: sandbox.mark("973")) > 0, ContinuousClock.now < deadline {
                await Task.yield()
            }
            #expect(ProcessTable.count(withArgument: sandbox.mark("973")) == 0)
            for _ in 0..<30 { _ = try await sandbox.bash("true") }
            #expect(Self.groups(in: place).count <= 12)
        }
    }

    @Test(arguments: testedLevels)
    func `the end of a call, of any kind, leaves nobody in its group`(level: SandboxLevel) async throws {
        try await Self.withGroups(level: level) { sandbox, _ in
            let command =
                "trap '' TERM; (setsid sleep \(sandbox.mark("972")) &); sleep \(sandbox.mark("972")) & "
            #expect(try await sandbox.bash(command + "exit 3").ending == .exited(3))
            let late = try await sandbox.bash(command + "wait", limits: .init(time: .milliseconds(300)))
            #expect(late.ending == .timedOut)
            #expect(ProcessTable.count(withArgument: sandbox.mark("972")) == 0)
            #expect(try await sandbox.bash("kill -9 $$").ending == .signalled(SIGKILL))
        }
    }

    @Test func `a child sees its own group as the top of the tree, and no other`() async throws {
        try await Self.withGroups { sandbox, _ in
            let outcome = try await sandbox.bash(
                "grep ^0: /proc/self/cgroup; grep -c cgroup /proc/self/mountinfo"
            )
            #expect(outcome.output.text() == "0::/\n0\n", "\(outcome.error.text())")
        }
    }

    @Test func `groups of a server that is gone are ended and removed, those of a living one are not`()
        async throws
    {
        let place = try Self.delegatedPlace()
        let dead = "\(place.path)/\(GroupPlace.callsPrefix)dead"
        let alive = "\(place.path)/\(GroupPlace.callsPrefix)alive"
        for folder in [dead, dead + "/1", alive, alive + "/1"] { unsafe mkdir(folder, 0o755) }
        let lock = try #require(Descriptor.open(alive, O_RDONLY | O_DIRECTORY))
        #expect(cmcp_lock_folder(lock.number) == 0)
        let identity = ChildIdentity(workspace: "/tmp")
        let left = try Outsider.start(["/bin/sleep", "8642"], as: identity)
        let spared = try Outsider.start(["/bin/sleep", "8643"], as: identity)
        defer {
            for process in [left, spared] {
                kill(process, SIGKILL)
                var status: Int32 = 0
                unsafe waitpid(process, &status, 0)
            }
            for folder in [alive + "/1", alive] { unsafe rmdir(folder) }
        }
        #expect(GroupFile.write("\(left)", to: dead + "/1/cgroup.procs") == 0)
        #expect(GroupFile.write("\(spared)", to: alive + "/1/cgroup.procs") == 0)
        try await Self.withGroups { sandbox, _ in
            #expect(!GroupFile.exists(dead))
            #expect(GroupFile.exists(alive + "/1"))
            #expect(kill(spared, 0) == 0)
            var status: Int32 = 0
            #expect(unsafe waitpid(left, &status, 0) == left && status & 0x7f == SIGKILL)
            let next = try await sandbox.bash("echo on")
            #expect(next.output.text() == "on\n")
        }
    }

    @Test func `a sandbox that stops, and a launcher that is lost, leave no group behind`() async throws {
        var places: GroupPlace?
        var during: [String] = []
        let before = (try? GroupPlace.find(needsLimits: false)).map { Self.trees(in: $0) } ?? []
        try await Self.withGroups { sandbox, place in
            places = place
            let initial = Self.trees(in: place).filter { !before.contains($0) }
            #expect(initial.count == 1)
            let running = Task { try await sandbox.bash("echo started > mark; sleep \(sandbox.mark("971"))") }
            while HostPath.read(sandbox.workspace + "/mark", limit: 10)?.isEmpty ?? true {
                await Task.yield()
            }
            try await sandbox.killLauncher(mark: "971")
            await #expect(throws: SandboxError.self) { try await running.value }
            // A call that comes before the loss is noticed may fail like the one that ran.
            let first = try? await sandbox.bash("echo back")
            let next = if let first { first } else { try await sandbox.bash("echo back") }
            #expect(next.output.text() == "back\n")
            during = Self.trees(in: place).filter { !before.contains($0) }
            #expect(during.count == 1 && during != initial)
        }
        let after = try #require(places.map { Self.trees(in: $0) })
        #expect(after.filter { !before.contains($0) }.isEmpty)
    }

    @Test func `the server leaves a group that hands its controllers on`() async throws {
        try await Self.withGroups { _, place in
            let membership = GroupFile.read("/proc/self/cgroup") ?? ""
            let isAside = membership.split(separator: "\n").contains {
                $0.hasPrefix("0::/") && $0.hasSuffix("/" + GroupPlace.serverName)
            }
            #expect(isAside != place.isTop)
            #expect(place.isTop || GroupFile.words(place.path + "/cgroup.procs").isEmpty)
            // Found again from where it is now.
            let again = try GroupPlace.find(needsLimits: false)
            #expect(again == place)
        }
    }

    @Test(arguments: testedLevels)
    func `the kernel bounds the memory of a call as a whole`(level: SandboxLevel) async throws {
        try await TestSandbox.with(level: .exactly(level)) { sandbox in
            try Self.requireMemory(sandbox)
            for _ in 0..<3 {
                let outcome = try await sandbox.python(Self.manyHolders, limits: Self.patient)
                #expect(outcome.ending == .limit(.memory))
                #expect(outcome.output.text() == "before\n")
            }
            // The group is whole again for what comes next.
            let code = "x = b'x' * (100 << 20); print(len(x))"
            let next = try await sandbox.python(code, limits: Self.patient)
            #expect(next.output.text() == "104857600\n", "\(next.ending) \(next.error.text())")
            // A call beside it is not touched.
            async let beside = sandbox.bash("sleep 3; echo beside", limits: .init(time: .seconds(110)))
            #expect(
                try await sandbox.python(Self.manyHolders, limits: Self.patient).ending == .limit(.memory)
            )
            let spared = try await beside
            #expect(spared.output.text() == "beside\n", "\(spared.ending)")
        }
    }

    @Test func `pages of /tmp and of /dev/shm are memory of their call`() async throws {
        try await TestSandbox.with(level: .exactly(.full)) { sandbox in
            try Self.requireMemory(sandbox)
            let limits = ProcessRequest.Limits(time: .seconds(20), memory: 24 << 20)
            let outcome = try await sandbox.bash(
                "echo before; dd if=/dev/zero of=/tmp/x bs=1M count=60 2>/dev/null; echo after",
                limits: limits
            )
            #expect(outcome.ending == .limit(.memory))
            #expect(outcome.output.text() == "before\n")
            let fits = try await sandbox.bash(
                "dd if=/dev/zero of=/tmp/x bs=1M count=60 2>/dev/null; echo after"
            )
            #expect(fits.output.text() == "after\n")
        }
    }

    @Test(arguments: testedLevels)
    func `the kernel bounds the processes of each call by itself`(level: SandboxLevel) async throws {
        try await TestSandbox.with(level: .exactly(level)) { sandbox in
            try Self.requireMemory(sandbox)
            let report = sandbox.sandbox.report
            #expect(report.statuses[.cgroup] == .enforced)
            #expect(!report.reducedPromises.contains { $0.contains("RLIMIT_NPROC") })
            let code = """
                import os, time
                made = 0
                try:
                    while made < 200:
                        if os.fork() == 0: time.sleep(100)
                        made += 1
                except OSError as error: print(made, error.errno)
                """
            let limits = ProcessRequest.Limits(time: .seconds(30), memory: 256 << 20, processes: 20)
            async let first = sandbox.python(code, limits: limits)
            async let second = sandbox.python(code, limits: limits)
            #expect(try await [first, second].map { $0.output.text() } == ["19 11\n", "19 11\n"])
            let bomb = try await sandbox.bash(
                "b() { b | b & }; b; sleep \(sandbox.mark("979"))",
                limits: .init(time: .seconds(2))
            )
            #expect(bomb.ending != .exited(0))
            #expect(try await sandbox.bash("echo still").output.text() == "still\n")
            #expect(ProcessTable.count(withArgument: sandbox.mark("979")) == 0)
        }
    }

    @Test func `what lies in sockets and pipes is memory of the call`() async throws {
        try await TestSandbox.with(level: .exactly(.full)) { sandbox in
            try Self.requireMemory(sandbox)
            let outcome = try await sandbox.python(
                """
                import os, socket, time
                print('before', flush=True)
                for i in range(20):
                    if os.fork() == 0:
                        held = []
                        try:
                            while True:
                                a, b = socket.socketpair(); held += [a, b]
                                for s in (a, b):
                                    s.setblocking(False)
                                    try:
                                        while True: s.send(b'x' * 65536)
                                    except BlockingIOError: pass
                        except OSError: time.sleep(100)
                time.sleep(100)
                """,
                limits: .init(time: .seconds(110), memory: 128 << 20)
            )
            #expect(outcome.ending == .limit(.memory))
            #expect(outcome.output.text() == "before\n")
        }
    }
}
