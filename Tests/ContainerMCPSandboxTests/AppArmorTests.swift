// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import ContainerMCPSandbox

/// Attacks that every other layer lets pass, since what they reach was put into the view for it: a file, a folder that
/// may be written, a program.
///
/// Each is tried without a profile, too.
@Suite(.serialized) struct AppArmorTests {
    /// A listed program that no profile lists.
    private static let stranger = "/usr/bin/tac"

    /// Starts a sandbox whose view shows more than the profiles allow; cancelled where they can't be had.
    private static func with(
        _ level: SandboxLevel,
        profiles: [UInt32: String] = TestSandbox.profiles,
        _ body: (TestSandbox, _ place: Place) async throws -> Void
    ) async throws {
        // Not below /tmp: at the level filtered that is where children have their own files, too.
        var template = Array("/var/tmp/cmcp-test-XXXXXX".utf8CString)
        try #require(unsafe mkdtemp(&template) != nil)
        let place = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { PrivateFolders.removeTree(place) }
        let secret = try #require(Self.makeFile(place + "/secret.txt", "the secret\n"))
        unsafe mkdir(place + "/outside", 0o777)
        for folder in [place, place + "/outside"] { unsafe chmod(folder, 0o777) }
        let extra = { (view: inout RuntimeView) throws in
            view.addHost(stranger, .program)
            try view.bind(secret, at: "/secret.txt", [.noexec])
            try view.bind(place + "/outside", at: "/outside", [.writable, .noexec])
        }
        try await TestSandbox.with(level: .exactly(level), profiles: profiles, extra: extra) { sandbox in
            if !profiles.isEmpty {
                let status = sandbox.sandbox.report.statuses[.appArmor]
                let isRequired = unsafe getenv("CMCP_EXPECT_PROFILES") != nil
                if sandbox.sandbox.report.profiles != profiles, !isRequired {
                    try Test.cancel("no AppArmor here (bin/vm test has it): \(status?.detail ?? "")")
                }
                try #require(status == .enforced, "\(status?.detail ?? "")")
                try #require(sandbox.sandbox.report.profiles == profiles)
            }
            try await body(sandbox, Place(host: place, inner: level.hasOwnRoot ? "" : place))
        }
    }

    /// Makes a file that everybody may read; its path.
    private static func makeFile(_ path: String, _ text: String) -> String? {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let bytes = Array(text.utf8)
        let written = unsafe write(file, bytes, bytes.count)
        return written == bytes.count ? path : nil
    }

    /// The label of this process, without its mode.
    private static var ownLabel: String {
        let text = HostPath.read("/proc/self/attr/apparmor/current", limit: 4096) ?? []
        return String(decoding: text, as: UTF8.self).split(separator: " ").first.map(String.init)?
            .split(separator: "\n").first.map(String.init) ?? "unconfined"
    }

    /// The profile that only grants user namespaces.
    private static let loose = "container-mcp-userns"
    /// A profile like those of container engines, which the guest of bin/vm has.
    private static let container = "container-mcp-test-container"

    /// Where the secret and the folder are, for the host and for children.
    private struct Place {
        let host: String
        let inner: String
    }

    /// Tries the same without profiles, where the attack must succeed.
    ///
    /// A server that is confined itself lends its children no more than it has, so there it can't.
    private static func withoutProfiles(
        _ level: SandboxLevel,
        _ body: (TestSandbox, _ place: Place) async throws -> Void
    ) async throws {
        guard ["unconfined", loose].contains(ownLabel) else { return }
        try await with(level, profiles: [:], body)
    }

    @Test func `children are held by a profile for their kind, on top of the server's own`() async throws {
        try await Self.with(.full) { sandbox, _ in
            let read = "read -r label < /proc/self/attr/apparmor/current; echo \"$label\""
            let bash = try await sandbox.bash(read).output.text()
            let python = try await sandbox.python("print(open('/proc/self/attr/apparmor/current').read())")
                .output.text()
            for (label, profile) in [(bash, "container-mcp-bash"), (python, "container-mcp-python")] {
                let names = label.split(separator: " ").first?.split(separator: "&").map { name in
                    name.hasSuffix("//") ? String(name.dropLast(2)) : String(name)
                }
                #expect(Set(names ?? []) == [profile, Self.ownLabel], "\(label)")
                // Beside a profile that confines nothing the kernel names no mode; what it does is tried below.
                #expect(label.contains(Self.ownLabel == Self.loose ? "(mixed)" : "(enforce)"))
            }
        }
    }

    @Test(arguments: testedLevels)
    func `a file that everything else lets be read is kept by the profile`(level: SandboxLevel) async throws {
        try await Self.with(level) { sandbox, place in
            let secret = place.inner + "/secret.txt"
            let bash = try await sandbox.bash("cat \(secret)")
            #expect(bash.ending == .exited(1))
            #expect(bash.output.text() == "")
            #expect(bash.error.text().contains("Permission denied"))
            let python = try await sandbox.python("print(open('\(secret)').read())")
            #expect(python.output.text() == "")
            #expect(python.error.text().contains("PermissionError"))
            // Another name for it does not help: the profile knows where it lies.
            let link = try await sandbox.bash("ln -s \(secret) inner; cat inner")
            #expect(link.error.text().contains("Permission denied"))
        }
        try await Self.withoutProfiles(level) { sandbox, place in
            let outcome = try await sandbox.bash("cat \(place.inner)/secret.txt")
            #expect(outcome.output.text() == "the secret\n", "without a profile it must be readable")
        }
    }

    @Test(arguments: testedLevels)
    func `a program that everything else lets run is kept by the profile`(level: SandboxLevel) async throws {
        let command = "printf 'a\\nb\\n' > lines; \(Self.stranger) lines"
        try await Self.with(level) { sandbox, place in
            let outcome = try await sandbox.bash(command)
            #expect(outcome.ending == .exited(126))
            #expect(outcome.error.text().contains("Permission denied"))
            // The loader is mapped for every program, but it is not one itself.
            let loader = try await sandbox.bash("/lib64/ld-linux-x86-64.so.2 \(Self.stranger) lines")
            #expect(loader.ending == .exited(126), "\(loader.error.text())")
            let python = try await sandbox.python(
                "import os; os.execv('\(Self.stranger)', ['tac', 'lines'])"
            )
            #expect(python.error.text().contains("PermissionError"))
        }
        try await Self.withoutProfiles(level) { sandbox, place in
            let outcome = try await sandbox.bash(command)
            #expect(outcome.output.text() == "b\na\n", "without a profile it must run")
        }
    }

    @Test(arguments: testedLevels)
    func `a folder that everything else lets be written is kept by the profile`(level: SandboxLevel)
        async throws
    {
        try await Self.with(level) { sandbox, place in
            let outside = place.inner + "/outside"
            let bash = try await sandbox.bash("echo gone > \(outside)/mark")
            #expect(bash.error.text().contains("Permission denied"))
            let python = try await sandbox.python("import os; os.mkdir('\(outside)/folder')")
            #expect(python.error.text().contains("PermissionError"))
            #expect(HostPath.names(in: place.host + "/outside") == [])
            let inside = try await sandbox.bash("echo kept > mark; mv mark mark2; cat mark2; rm mark2")
            #expect(inside.output.text() == "kept\n", "\(inside.error.text())")
        }
        try await Self.withoutProfiles(level) { sandbox, place in
            let outcome = try await sandbox.bash("echo gone > \(place.inner)/outside/mark")
            #expect(outcome.ending == .exited(0), "without a profile it must be writable")
            #expect(HostPath.names(in: place.host + "/outside") == ["mark"])
        }
    }

    @Test func `a profile that is not there is told, and what would load it`() async throws {
        let profiles = [
            TestSandbox.bash: "container-mcp-nowhere", TestSandbox.python: "container-mcp-nobody",
        ]
        try await TestSandbox.with(profiles: profiles) { sandbox in
            let report = sandbox.sandbox.report
            #expect(report.profiles == [:])
            guard case .unavailable(let reason) = report.statuses[.appArmor] else {
                Issue.record("profiles that do not exist are said to be in force")
                return
            }
            if AppArmorProfiles.isInKernel {
                #expect(reason.contains("container-mcp-nowhere: not loaded; sudo bin/apparmor load"))
                #expect(reason.contains("container-mcp-nobody: not loaded"))
            } else {
                #expect(reason == "not in this kernel, or turned off")
            }
            let outcome = try await sandbox.bash("echo runs")
            #expect(outcome.output.text() == "runs\n")
        }
    }

    @Test func `a server under a profile that allows no stacking says so, and works`() async throws {
        guard Self.ownLabel == Self.container else {
            try Test.cancel("not run under a profile like a container's (bin/vm test does)")
        }
        try await TestSandbox.with { sandbox in
            let report = sandbox.sandbox.report
            #expect(report.profiles == [:])
            let detail = report.statuses[.appArmor]?.detail ?? ""
            let reason = "container-mcp-bash: the profile that the server runs under"
            #expect(detail.contains(reason), "\(detail)")
            let outcome = try await sandbox.bash("echo runs")
            #expect(outcome.output.text() == "runs\n")
        }
    }

    @Test func `one kind of two with a profile is a gap that is told`() async throws {
        let profiles = [TestSandbox.bash: "container-mcp-bash", TestSandbox.python: "container-mcp-nobody"]
        try await TestSandbox.with(profiles: profiles) { sandbox in
            let report = sandbox.sandbox.report
            guard report.profiles[TestSandbox.bash] != nil else {
                #expect(report.statuses[.appArmor]?.word == "unavailable")
                try Test.cancel("no AppArmor here (bin/vm test has it)")
            }
            #expect(report.profiles == [TestSandbox.bash: "container-mcp-bash"])
            #expect(report.statuses[.appArmor]?.word == "partial")
            let outcome = try await sandbox.python("print(1)")
            #expect(outcome.output.text() == "1\n")
        }
    }

    @Test(arguments: [SandboxLevel.full, .filtered])
    func `a profile that is unloaded while the server runs fails the calls`(level: SandboxLevel) async throws
    {
        // The guest of bin/vm loads two copies of the bash profile for this, one for each level.
        let name = "container-mcp-test-\(level.rawValue)"
        try await TestSandbox.with(level: .exactly(level), profiles: [TestSandbox.bash: name]) { sandbox in
            guard sandbox.sandbox.report.profiles[TestSandbox.bash] == name else {
                try Test.cancel("the profile \(name) is not loaded (bin/vm test loads it)")
            }
            let outcome = try await sandbox.bash("echo held")
            #expect(outcome.output.text() == "held\n")
            let file = unsafe open("/sys/kernel/security/apparmor/.remove", O_WRONLY | O_CLOEXEC)
            let bytes = Array(name.utf8)
            let written = unsafe file < 0 ? -1 : write(file, bytes, bytes.count)
            if file >= 0 { close(file) }
            guard written == bytes.count else {
                try Test.cancel("only an unconfined root may unload a profile")
            }
            // Two supervisors were ready before, with a profile that no longer holds anything.
            for _ in 0..<4 {
                let error = await #expect(throws: SandboxError.self) {
                    try await sandbox.bash("echo loose")
                }
                #expect(error?.message.contains("AppArmor") == true)
            }
        }
    }
}
