// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// Something about the machine that calls depend on and that is no layer of protection.
public struct MachineCheck: Sendable, Equatable {
    /// How it is.
    public enum Status: String, Sendable, Equatable {
        /// As it should be, or without consequence here.
        case good
        /// Worth a look.
        case warning
    }

    /// What was looked at.
    public let name: String
    /// How it is.
    public let status: Status
    /// What was found.
    public let detail: String
    /// What would improve it; nil where nothing has to be.
    public let advice: Advice?

    private init(_ name: String, _ detail: String, warning advice: Advice? = nil) {
        self.name = name
        self.detail = detail
        self.advice = advice
        status = advice == nil ? .good : .warning
    }

    /// Everything that was looked at.
    static func all(_ facts: MachineFacts, level: SandboxLevel?, _ adviser: Adviser) -> [MachineCheck] {
        [
            place(facts), kernel(facts), landlock(facts), userNamespaces(facts, level, adviser), proc(facts),
            appArmor(facts), controlGroups(facts), clock(facts),
        ].compactMap { $0 } + software(facts, adviser) + folders(facts, level, adviser)
    }

    // MARK: The machine

    private static func place(_ facts: MachineFacts) -> MachineCheck {
        var parts = [facts.place.summary]
        if let unit = facts.unit { parts.append("the systemd unit \(unit)") }
        parts.append(
            facts.virtualMachine.map {
                $0.hasPrefix("of ") ? "a virtual machine" : "a virtual machine (\($0))"
            }
                ?? "no virtual machine that can be seen"
        )
        parts.append(facts.isRoot ? "started as root" : "started as an ordinary user")
        if facts.isInUserNamespace { parts.append("in a user namespace") }
        return MachineCheck("place", parts.joined(separator: ", "))
    }

    private static func kernel(_ facts: MachineFacts) -> MachineCheck {
        let parts = ["Linux \(facts.kernelRelease)", facts.architecture, facts.distribution.name]
        return MachineCheck("kernel", parts.filter { !$0.isEmpty }.joined(separator: ", "))
    }

    private static func landlock(_ facts: MachineFacts) -> MachineCheck {
        guard facts.landlockABI > 0 else { return MachineCheck("Landlock", "none") }
        let missing = LandlockVersion.missing(in: facts.landlockABI)
        let gaps = missing.isEmpty ? "lacks nothing that is used" : "lacks \(missing.joined(separator: ", "))"
        return MachineCheck("Landlock", "ABI \(facts.landlockABI), \(gaps)")
    }

    private static func userNamespaces(
        _ facts: MachineFacts,
        _ level: SandboxLevel?,
        _ adviser: Adviser
    ) -> MachineCheck {
        let rules = facts.userNamespaces
        var parts: [String] = []
        if rules.maximum == 0 { parts.append("forbidden to everybody (user.max_user_namespaces=0)") }
        if rules.unprivilegedClone == 0 {
            parts.append("forbidden to all but root (kernel.unprivileged_userns_clone=0)")
        }
        if rules.appArmorRestriction == 1 {
            parts.append("kept to programs with a profile (kernel.apparmor_restrict_unprivileged_userns=1)")
        }
        if facts.isFiltered == true { parts.append("a system call filter lies over the server already") }
        guard !parts.isEmpty else { return MachineCheck("user namespaces", "no setting forbids them") }
        // That they are forbidden to others does not matter where the level was reached all the same.
        let matters = level?.hasOwnRoot != true && !adviser.isLevelNamed
        return MachineCheck(
            "user namespaces",
            parts.joined(separator: "; "),
            warning: matters ? adviser.namespaces : nil
        )
    }

    private static func proc(_ facts: MachineFacts) -> MachineCheck {
        guard !facts.mountsOverProc.isEmpty else { return MachineCheck("/proc", "whole") }
        let shown = facts.mountsOverProc.prefix(4).joined(separator: ", ")
        let more = facts.mountsOverProc.count > 4 ? " and \(facts.mountsOverProc.count - 4) more" : ""
        return MachineCheck("/proc", "masked: \(shown)\(more)")
    }

    private static func appArmor(_ facts: MachineFacts) -> MachineCheck {
        let state = facts.appArmor
        guard state.isEnabled else {
            return MachineCheck(
                "AppArmor",
                state.isBuiltIn ? "built into the kernel, and off" : "not in this kernel"
            )
        }
        var parts = ["on"]
        if let profiles = state.loadedProfiles { parts.append("\(profiles) profiles loaded") }
        parts.append("the server is \(state.profile ?? "under a profile that can't be seen")")
        return MachineCheck("AppArmor", parts.joined(separator: ", "))
    }

    private static func controlGroups(_ facts: MachineFacts) -> MachineCheck {
        let groups = facts.controlGroups
        guard groups.version == .unified else {
            return MachineCheck("control groups", groups.version.rawValue)
        }
        let controllers =
            groups.controllers.isEmpty ? "no controllers" : groups.controllers.joined(separator: ", ")
        let delegation = groups.isDelegated ? "delegated" : groups.isWritable ? "writable" : "not delegated"
        return MachineCheck("control groups", "version 2, \(delegation): \(controllers)")
    }

    private static func clock(_ facts: MachineFacts) -> MachineCheck? {
        guard let source = facts.clockSource else { return nil }
        // What these read is a register; others are devices, and each look at the clock costs microseconds.
        let fast = ["tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page", "xen"]
        guard !fast.contains(source) else { return MachineCheck("clock", source) }
        return MachineCheck(
            "clock",
            "\(source), which is slow to read",
            warning: .noneHere(
                "every call takes longer with it; the kernel found the processor's own counter unreliable"
            )
        )
    }

    // MARK: Programs

    private static func software(_ facts: MachineFacts, _ adviser: Adviser) -> [MachineCheck] {
        var checks: [MachineCheck] = []
        if let python = facts.python {
            checks.append(
                MachineCheck(
                    "python",
                    python.path ?? "no interpreter that can be used; system_run_python is not offered",
                    warning: python.path == nil ? interpreter(facts, adviser) : nil
                )
            )
        }
        guard !facts.programs.isEmpty else { return checks }
        let missing = facts.programs.filter { $0.path == nil }.map(\.name)
        let found = facts.programs.count - missing.count
        guard !missing.isEmpty else {
            checks.append(MachineCheck("listed programs", "all \(found) found"))
            return checks
        }
        let shown = missing.prefix(10).joined(separator: ", ")
        let more = missing.count > 10 ? " and \(missing.count - 10) more" : ""
        let packages = Set(missing.compactMap { Self.packages[$0] }).sorted()
        let command = packages.isEmpty ? nil : facts.distribution.install(packages.joined(separator: " "))
        checks.append(
            MachineCheck(
                "listed programs",
                "\(found) of \(facts.programs.count) found; missing: \(shown)\(more)",
                warning: command.map {
                    .run(adviser.asRoot($0), "Programs of BASH_ALLOWED_COMMANDS have to be installed")
                }
                    ?? .noneHere("install them, or take them out of BASH_ALLOWED_COMMANDS")
            )
        )
        return checks
    }

    /// How to come by an interpreter.
    private static func interpreter(_ facts: MachineFacts, _ adviser: Adviser) -> Advice {
        if let other = facts.otherPython {
            return .run(
                "cmcp-cli doctor --set PYTHON_EXECUTABLE=\(Adviser.quoted(other))",
                "An interpreter that is older than 3.11 or does not belong to root is taken only when it is named"
            )
        }
        guard let command = facts.distribution.install("python3") else {
            return .noneHere("install Python 3.11 or newer; the package manager of this machine is not known")
        }
        return .run(adviser.asRoot(command), "system_run_python needs an interpreter")
    }

    /// The packages of programs that are often listed; they have these names in every distribution.
    private static let packages: [String: String] = [
        "awk": "gawk", "gawk": "gawk", "bc": "bc", "curl": "curl", "diff": "diffutils", "file": "file",
        "find": "findutils", "git": "git", "grep": "grep", "gzip": "gzip", "jq": "jq", "make": "make",
        "nano": "nano", "patch": "patch", "perl": "perl", "ps": "procps", "rsync": "rsync", "sed": "sed",
        "tar": "tar", "tree": "tree", "unzip": "unzip", "wget": "wget", "which": "which",
        "xargs": "findutils",
        "zip": "zip",
    ]

    // MARK: Folders

    private static func folders(_ facts: MachineFacts, _ level: SandboxLevel?, _ adviser: Adviser)
        -> [MachineCheck]
    {
        var checks: [MachineCheck] = []
        if let folder = facts.workspace {
            // What a workspace may hold has to fit, or calls meet a full disk before their own limit.
            let isSmall =
                facts.workspaceLimit.flatMap { limit in folder.freeBytes.map { $0 < limit } } ?? false
            let limit = facts.workspaceLimit.map { ", \(size($0)) may be used" } ?? ""
            checks.append(
                MachineCheck(
                    "workspace",
                    description(of: folder, level) + limit,
                    warning: isSmall || folder.freeNames == 0 ? tooFull(folder, "WORKSPACE_MAX_MB") : nil
                )
            )
        }
        if let folder = facts.temporary {
            let isSmall = folder.freeBytes.map { $0 < 64 << 20 } ?? false
            checks.append(
                MachineCheck(
                    "temporary files",
                    description(of: folder, level),
                    warning: isSmall || folder.freeNames == 0 ? tooFull(folder, "SANDBOX_TMP_MB") : nil
                )
            )
        }
        return checks
    }

    private static func tooFull(_ folder: MachineFacts.Folder, _ key: String) -> Advice {
        .run(
            "df -h \(Adviser.quoted(folder.path))",
            "Less is free than calls may use; make room, or lower \(key). This shows what is taken"
        )
    }

    private static func description(of folder: MachineFacts.Folder, _ level: SandboxLevel?) -> String {
        var parts = [folder.exists ? folder.path : "\(folder.path) (not made yet)"]
        if let type = folder.fileSystem { parts.append(type) }
        // Where calls have a root of their own, it is mounted noexec there.
        if level == .filtered { parts.append(folder.isNoexec ? "noexec" : "programs on it can be executed") }
        if let free = folder.freeBytes { parts.append("\(size(free)) free") }
        return parts.joined(separator: ", ")
    }

    private static func size(_ bytes: Int64) -> String {
        bytes >= 10 << 30 ? "\(bytes >> 30) GiB" : "\(max(0, bytes) >> 20) MiB"
    }
}
