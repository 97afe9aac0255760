// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import Testing

@testable import ContainerMCPCore

@Suite struct ProtectionReportTests {
    private func states(_ report: EnforcementReport) -> [String: String] {
        let reviews = SandboxPromise.review(report)
        return Dictionary(reviews.map { ($0.promise.rawValue, $0.state.rawValue) }) { first, _ in first }
    }

    private func reduced(_ report: EnforcementReport) -> Set<String> {
        Set(states(report).filter { $0.value != "kept" }.keys)
    }

    // MARK: Promises

    @Test func `with every layer every promise is kept`() {
        let reviews = SandboxPromise.review(MadeUpMachine.report(.full))
        #expect(reviews.map(\.promise.rawValue) == (1...10).map { "P\($0)" })
        #expect(reviews.allSatisfy { $0.state == .kept })
        #expect(reduced(MadeUpMachine.report(.noproc)) == [])
    }

    @Test
    func `without namespaces only the separation of calls is reduced, and others are kept by other means`() {
        let report = MadeUpMachine.report(.filtered)
        #expect(reduced(report) == ["P8"])
        let network = SandboxPromise.review(report).first { $0.promise == .network }
        #expect(network?.state == .kept)
        #expect(network?.reasons.first?.contains("filter") == true)
    }

    @Test(arguments: [
        (SandboxLevel.filtered, Mechanism.landlock, ["P1", "P2", "P6", "P8"]),
        (.filtered, .seccomp, ["P3", "P5", "P6", "P8"]),
        (.filtered, .signalScope, ["P4", "P8"]), (.full, .signalScope, []), (.full, .landlock, []),
        (.full, .networkNamespace, []), (.full, .noNewPrivs, ["P5"]), (.full, .rlimits, ["P7"]),
        (.full, .cgroup, []), (.full, .appArmor, []), (.full, .ipcNamespace, ["P8"]),
    ])
    func `a missing layer reduces the promises that rest on it`(
        level: SandboxLevel,
        mechanism: Mechanism,
        promises: [String]
    ) {
        #expect(
            reduced(MadeUpMachine.report(level, [mechanism: .unavailable(reason: "gone")])) == Set(promises)
        )
    }

    @Test func `limits need one of two carriers`() {
        let gone = EnforcementReport.Status.unavailable(reason: "gone")
        #expect(
            reduced(MadeUpMachine.report(.full, [.cgroup: gone, .treeMemory: .partial(missing: "late")]))
                == []
        )
        #expect(reduced(MadeUpMachine.report(.full, [.cgroup: gone, .treeMemory: gone])) == ["P7"])
    }

    @Test func `a sentence of the sandbox counts for the promise that it names`() {
        let report = MadeUpMachine.report(
            .full,
            reduced: ["P7: There is no end.", "P1x: no", "Something else."]
        )
        #expect(reduced(report) == ["P7"])
        let shown = MadeUpMachine.diagnose(report, MachineFacts())
        #expect(shown.reducedPromises.count == 1)
        #expect(shown.reducedPromises.first?.hasPrefix("P7 is reduced: ") == true)
        #expect(shown.reducedPromises.first?.hasSuffix("There is no end.") == true)
        #expect(shown.remarks == ["P1x: no", "Something else."])
    }

    @Test func `without a sandbox nothing is promised about calls`() {
        let report = EnforcementReport(level: .none, statuses: [:])
        #expect(reduced(report) == Set((1...8).map { "P\($0)" }))
        #expect(states(report)["P9"] == "kept")
    }

    // MARK: JSON

    @Test func `the layers have the documented members and no others`() throws {
        let report = MadeUpMachine.report(.noproc, [.cgroup: .unavailable(reason: "none")])
        for json in [
            MadeUpMachine.diagnose(report, MachineFacts()).json,
            ProtectionReport(forCallers: report).json,
        ] {
            #expect(json["level"] == "noproc" && json["backend"] == "native")
            let layers = try #require(json["layers"]?.arrayValue)
            #expect(layers.map { $0["name"]?.stringValue } == Mechanism.allCases.map(\.rawValue))
            #expect(layers.allSatisfy { $0.objectValue?.keys == ["name", "status", "detail", "advice"] })
            #expect(json["missing"]?.arrayValue?.map { $0["name"] } == ["private /proc", "cgroup"])
            #expect(json["promises"]?.arrayValue?.count == 10)
        }
    }

    @Test func `where no level can be had every layer says so`() throws {
        let json = MadeUpMachine.diagnose(nil, MachineFacts(userNamespaces: .init(maximum: 0))).json
        #expect(json["level"] == .null && json["sufficient"] == false)
        let layers = try #require(json["layers"]?.arrayValue)
        #expect(layers.allSatisfy { $0["status"] == "unavailable" && $0["advice"] != "" })
        #expect(layers[0]["advice"]?.stringValue?.contains("max_user_namespaces") == true)
        #expect(json["promises"] == [])
    }

    @Test func `a layer that the report does not name is no part of the level`() {
        let report = EnforcementReport(level: .full, statuses: [:])
        let layers = ProtectionReport(forCallers: report).layers
        #expect(layers.allSatisfy { $0.status == "unavailable" && $0.detail == "not part of this level" })
    }

    @Test func `callers are told no place of the machine, whatever a layer says`() {
        let secret = "/srv/undisclosed/place"
        let report = MadeUpMachine.report(
            .filtered,
            [
                .cgroup: .partial(missing: "only \(secret)/cgroup is delegated"),
                .appArmor: .unavailable(reason: "'\(secret)' is not loaded (see \(secret))."),
                .landlock: .partial(missing: "\(secret)"),
            ],
            reduced: ["P7: \(secret) is full.", "Children see \(secret)."]
        )
        let text = ProtectionReport(forCallers: report).json.encodedString()
        #expect(!text.contains("undisclosed"))
        #expect(text.contains("…"))
        let object = ProtectionReport(forCallers: report).json.objectValue
        #expect(object?["machine"] == nil && object?["checks"] == nil && object?["levels"] == nil)
        let own = MadeUpMachine.diagnose(report, MachineFacts()).json.encodedString()
        #expect(own.contains("undisclosed"), "the operator is told")
    }

    @Test(arguments: [
        ("a /proc of its own and /tmp.", "a /proc of its own and /tmp."), ("see /etc/x.conf.", "see …."),
        ("'/a b/c'", "'… b/c'"), ("and/or", "and/or"), ("x=/srv/y,z", "x=…,z"), ("/", "/"), ("//x", "…"),
        ("file:///etc/x", "file:…"), ("/tmp/x", "…"), ("(/sys)", "(/sys)"), ("", ""),
    ])
    func `absolute paths are taken out of sentences`(text: String, shown: String) {
        #expect(HostPlaces.removed(from: text) == shown)
    }

    // MARK: Checks and remedies

    private func check(_ name: String, _ facts: MachineFacts, _ level: SandboxLevel = .full) -> MachineCheck?
    {
        MadeUpMachine.diagnose(MadeUpMachine.report(level), facts).checks.first { $0.name == name }
    }

    @Test func `programs that are missing are named, and installed where their package is known`() {
        var facts = MachineFacts(distribution: MadeUpMachine.debian)
        #expect(check("listed programs", facts) == nil)
        facts.programs = [.init(name: "ls", path: "/bin/ls"), .init(name: "jq", path: nil)]
        let missing = check("listed programs", facts)
        #expect(missing?.status == .warning)
        #expect(missing?.detail == "1 of 2 found; missing: jq")
        #expect(missing?.advice?.command == "sudo apt install jq")
        facts.programs = [.init(name: "made-up", path: nil)]
        #expect(check("listed programs", facts)?.advice?.command == nil)
        facts.programs = [.init(name: "ls", path: "/bin/ls")]
        #expect(check("listed programs", facts)?.status == .good)
        facts.python = .init(name: "python3", path: nil)
        #expect(check("python", facts)?.advice?.command == "sudo apt install python3")
        facts.otherPython = "/usr/bin/python3"
        #expect(
            check("python", facts)?.advice?.command
                == "cmcp-cli doctor --set PYTHON_EXECUTABLE=/usr/bin/python3"
        )
    }

    @Test func `a workspace that may grow beyond the disk is worth a look`() {
        let folder = MachineFacts.Folder(path: "/srv/w", fileSystem: "ext4", freeBytes: 100 << 20)
        let small = check("workspace", MachineFacts(workspace: folder, workspaceLimit: 1 << 30))
        #expect(small?.status == .warning)
        #expect(small?.detail == "/srv/w, ext4, 100 MiB free, 1024 MiB may be used")
        #expect(check("workspace", MachineFacts(workspace: folder, workspaceLimit: 1 << 20))?.status == .good)
        let full = MachineFacts.Folder(path: "/srv/w", freeNames: 0)
        #expect(check("workspace", MachineFacts(workspace: full))?.status == .warning)
    }

    @Test func `whether programs in the workspace can run is told where it matters`() {
        var folder = MachineFacts.Folder(path: "/srv/w")
        #expect(check("workspace", MachineFacts(workspace: folder))?.detail == "/srv/w")
        #expect(
            check("workspace", MachineFacts(workspace: folder), .filtered)?.detail
                == "/srv/w, programs on it can be executed"
        )
        folder.isNoexec = true
        #expect(check("workspace", MachineFacts(workspace: folder), .filtered)?.detail == "/srv/w, noexec")
    }

    @Test func `a slow clock, masked parts of proc and Landlock's gaps are told`() {
        #expect(check("clock", MachineFacts(clockSource: "tsc"))?.status == .good)
        #expect(check("clock", MachineFacts(clockSource: "hpet"))?.status == .warning)
        #expect(check("clock", MachineFacts()) == nil)
        #expect(
            check("/proc", MachineFacts(mountsOverProc: ["/proc/kcore"]))?.detail == "masked: /proc/kcore"
        )
        #expect(
            check("Landlock", MachineFacts(landlockABI: 4))?.detail
                == "ABI 4, lacks device controls, abstract sockets and signals"
        )
        #expect(
            check("Landlock", MachineFacts(landlockABI: 7))?.detail == "ABI 7, lacks nothing that is used"
        )
    }

    @Test func `forbidden user namespaces are worth a look only where they are missed`() {
        let facts = MachineFacts(userNamespaces: .init(unprivilegedClone: 0))
        #expect(check("user namespaces", facts, .full)?.status == .good)
        #expect(check("user namespaces", facts, .filtered)?.status == .warning)
    }

    @Test func `the same advice is given once, and what helps comes first`() throws {
        let report = MadeUpMachine.report(.filtered, [.appArmor: .unavailable(reason: "none")])
        let remedies = MadeUpMachine.diagnose(report, MachineFacts(userNamespaces: .init(maximum: 0)))
            .remedies
        #expect(remedies.count == 2)
        let first = try #require(remedies.first)
        #expect(first.improves.count == 9, "eight layers and the check")
        #expect(first.advice.command != nil)
        #expect(remedies.last?.improves == ["AppArmor"])
        #expect(remedies.last?.advice.command == nil)
    }
}
