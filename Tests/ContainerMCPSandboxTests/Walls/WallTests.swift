// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc
import Logging
import Testing

@testable import ContainerMCPSandbox

@Suite(.serialized) struct WallTests {
    private static let walled = Place.all.filter { $0.backend != .native }

    @Test(arguments: walled)
    func `the report names what built the wall, and its version`(place: Place) async throws {
        try await TestSandbox.with(place) { sandbox in
            let report = sandbox.sandbox.report
            let wall = try #require(report.wall)
            #expect(wall.backend == place.backend)
            #expect(HelperVersion(in: wall.version) != nil)
            switch place.backend {
            case .firejail: #expect(wall.status.word == "partial")
            default: #expect(wall.status == .enforced || place.level == .noproc)
            }
            #expect(report.statuses[.networkNamespace] == .enforced)
            #expect(report.statuses[.pidNamespace] == .enforced)
        }
    }

    @Test(arguments: [SandboxBackend.bubblewrap, .firejail])
    func `there is no level without namespaces behind a wall`(backend: SandboxBackend) async throws {
        try Place(backend: backend, level: .noproc).require()
        let error = await #expect(throws: SandboxError.self) {
            try await TestSandbox.with(level: .exactly(.filtered), backend: backend) { _ in }
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("full and noproc only") == true, "\(error?.message ?? "")")
    }

    @Test func `the native backend has no wall`() async throws {
        try await TestSandbox.with { sandbox in
            #expect(sandbox.sandbox.report.wall == nil)
            #expect(sandbox.sandbox.report.backend == .native)
        }
    }

    @Test(arguments: walled)
    func `the launcher lives in namespaces of the wall`(place: Place) async throws {
        try await TestSandbox.with(place) { sandbox in
            // The helper's own processes stay above the launcher as long as the wall stands.
            let launcher = try await sandbox.launcher(mark: "971")
            let chain = ProcessTable.ancestors(of: launcher).prefix { $0 != getpid() }
            #expect(chain.count >= 1, "the launcher is no child of this process")
            let name = try #require(place.backend.program)
            let own = try #require(HostPath.readLink("/proc/self/ns/net"))
            // A process of a set-id helper may be about to become another program, or to end.
            let isHelper = chain.map { process in
                let words = HostPath.read("/proc/\(process)/cmdline", limit: 4096) ?? []
                return String(decoding: words, as: UTF8.self).hasPrefix(name + "\0")
            }
            #expect(isHelper.contains(true), "\(chain)")
            if geteuid() == 0 {
                #expect(HostPath.readLink("/proc/\(launcher)/ns/net").map { $0 != own } == true)
            }
        }
    }

    @Test func `bubblewrap's wall holds what views need and nothing else of the machine`() async throws {
        try await TestSandbox.with(Place(backend: .bubblewrap, level: .full)) { sandbox in
            let launcher = try await sandbox.launcher(mark: "970")
            let inner = try #require(ProcessTable.ancestors(of: launcher).first)
            let root = "/proc/\(inner)/root"
            let names = Set(HostPath.names(in: root))
            #expect(names.contains("usr"), "the root of the wall can't be looked at")
            for name in ["root", "srv", "boot", "sys", "media"] { #expect(!names.contains(name)) }
            #expect(Set(HostPath.names(in: root + "/etc")).isSubset(of: ["ld.so.cache"]))
            #expect(HostPath.names(in: root + sandbox.folder).sorted() == ["data", "workspace"])
            #expect(!HostPath.names(in: root + "/usr/bin").contains("bwrap"))
        }
    }

    @Test(arguments: Place.strongest)
    func `a launcher that is killed fails its calls and comes back behind its wall`(place: Place) async throws
    {
        let place = place.nearest
        try await TestSandbox.with(place) { sandbox in
            let running = Task { try await sandbox.bash("echo started > mark; sleep \(sandbox.mark("973"))") }
            while HostPath.read(sandbox.workspace + "/mark", limit: 10)?.isEmpty ?? true {
                await Task.yield()
            }
            try await sandbox.killLauncher(mark: "969")
            await #expect(throws: SandboxError.self) { try await running.value }
            #expect(try await sandbox.bashAfterLoss("echo back").output.text() == "back\n")
            #expect(ProcessTable.count(withArgument: sandbox.mark("973")) == 0)
            #expect(sandbox.sandbox.report.backend == place.backend)
        }
    }

    @Test(arguments: Place.strongest)
    func `nothing of a wall is left when the sandbox stops`(place: Place) async throws {
        let place = place.nearest
        var processes: Set<Int32> = []
        try await TestSandbox.with(place) { sandbox in
            let launcher = try await sandbox.launcher(mark: "967")
            let top = ProcessTable.ancestors(of: launcher).prefix { $0 != getpid() }.last ?? launcher
            processes = ProcessTable.descendants(of: top).union([top])
            #expect(processes.contains(launcher))
        }
        // The calls are gone by now; the helper's own processes follow as they notice.
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while ContinuousClock.now < deadline, processes.contains(where: ProcessTable.isAlive) {
            await Task.yield()
        }
        #expect(processes.filter(ProcessTable.isAlive).isEmpty)
    }

    @Test(arguments: Place.strongest.filter { $0.backend != .native })
    func `a helper that goes away fails calls, and nothing runs without it`(place: Place) async throws {
        let place = place.nearest
        try place.require()
        // A copy is not set-uid, so only root can use firejail's.
        if place.backend == .firejail, geteuid() != 0 {
            try Test.cancel("a copy of firejail works for root only")
        }
        let name = try #require(place.backend.program)
        try await HelperCopy.with(HelperFile.find(name).path) { (copy: String) in
            let helper = try HelperFile(path: copy, owner: geteuid())
            try await TestSandbox.with(level: .exactly(place.level), backend: place.backend, helper: helper) {
                sandbox in
                #expect(try await sandbox.bash("echo on").output.text() == "on\n")
                let launcher = try await sandbox.launcher(mark: "968")
                #expect(unsafe rename(copy, copy + ".away") == 0)
                for _ in 0..<3 {
                    let error = await #expect(throws: SandboxError.self) {
                        _ = try await sandbox.bash("echo ran > ran")
                    }
                    #expect(error?.code == .setUpFailed)
                }
                // Not by another launcher either.
                try #require(kill(launcher, SIGKILL) == 0)
                while ProcessTable.isAlive(launcher) { await Task.yield() }
                await #expect(throws: SandboxError.self) { _ = try await sandbox.bash("echo ran > ran") }
                #expect(HostPath.walk(sandbox.workspace + "/ran") == nil)
                #expect(unsafe rename(copy + ".away", copy) == 0)
                #expect(try await sandbox.bash("echo again").output.text() == "again\n")
            }
        }
    }

    /// Programs that are no helper: one that does nothing, one that knows none of the options.
    @Test(arguments: ["/usr/bin/true", "/usr/bin/env"], [SandboxBackend.bubblewrap, .firejail])
    func `a helper that is broken refuses the start`(program: String, backend: SandboxBackend) async throws {
        // Their own version is taken for the helper's.
        let helper = try HelperFile(path: program)
        let error = await #expect(throws: SandboxError.self) {
            try await TestSandbox.with(level: .exactly(.noproc), backend: backend, helper: helper) { _ in }
        }
        #expect(error?.code == .unavailable, "\(error?.message ?? "")")
        // Firejail's lowest version is beyond theirs or not; either way the reason is told.
        #expect(error?.message.contains(backend.rawValue) == true, "\(error?.message ?? "")")
    }

    /// What firejail does inside another sandbox: it starts the program as if it were not there.
    @Test func `a launcher that finds no wall around itself is refused by name`() throws {
        let connection = try LauncherConnection.open()
        defer { connection.end() }
        let findings = try connection.lookAround(flags: 0).findings
        #expect(findings.separated.isEmpty)
        let version = try #require(HelperVersion(in: "0.9.72"))
        for backend in [SandboxBackend.firejail, .bubblewrap] {
            let wall = Wall(backend: backend, helper: try HelperFile(path: "/usr/bin/env"), version: version)
            for level in [SandboxLevel.full, .noproc] {
                let error = #expect(throws: SandboxError.self) { try wall.check(findings, level: level) }
                #expect(error?.code == .unavailable)
                #expect(
                    error?.message.hasPrefix("\(backend.rawValue) started the program without any wall")
                        == true
                )
            }
        }
    }

    @Test func `a wall with a gap is refused, and the gap is named`() throws {
        let connection = try LauncherConnection.open()
        defer { connection.end() }
        var own = [UInt64](repeating: 0, count: 7)
        unsafe cmcp_namespaces(&own)
        let version = try #require(HelperVersion(in: "0.9.72"))
        let wall = Wall(backend: .firejail, helper: try HelperFile(path: "/usr/bin/env"), version: version)
        try wall.check(WallFindings(launcher: own.map { $0 + 1 }), level: .full)
        var gap = own.map { $0 + 1 }
        gap[2] = own[2]
        let shared = #expect(throws: SandboxError.self) {
            try wall.check(WallFindings(launcher: gap), level: .full)
        }
        #expect(shared?.message == "firejail built a wall without network namespace")
        // What can't be told counts as missing.
        gap[2] = 0
        #expect(throws: SandboxError.self) { try wall.check(WallFindings(launcher: gap), level: .full) }
        #expect(throws: SandboxError.self) { try wall.check(WallFindings(launcher: []), level: .full) }
    }
}
