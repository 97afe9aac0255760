// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// Finds the one command that would improve a layer on a machine.
///
/// It is pure: facts in, advice out.
struct Adviser: Sendable {
    let facts: MachineFacts
    /// The level that was reached; nil for none.
    let level: SandboxLevel?
    /// The settings name that level, so what else the machine could do was not tried.
    let isLevelNamed: Bool
    /// Why level `full` can't be had, where it was tried in vain.
    let failure: String?

    private static let automatic = Advice.run(
        "cmcp-cli doctor --set SANDBOX_LEVEL=auto",
        "The settings ask for this level; auto takes the strongest that works"
    )

    /// The advice for a layer.
    ///
    /// - Parameters:
    ///   - mechanism: The layer.
    ///   - status: Its status; nil where no level can be had.
    /// - Returns: Nil where the layer is in force.
    func advice(for mechanism: Mechanism, _ status: EnforcementReport.Status?) -> Advice? {
        guard status != .enforced else { return nil }
        if level == SandboxLevel.none {
            return .run("cmcp-cli doctor", "Leave out --unsafe-no-sandbox to see what can be had")
        }
        if level == nil, !isKnownToMiss(mechanism) {
            return .noneHere("it comes with a level; see why none can be had")
        }
        switch mechanism {
        case .userNamespace, .mountNamespace, .pidNamespace, .networkNamespace, .ipcNamespace, .utsNamespace,
            .cgroupNamespace:
            return isLevelNamed ? Self.automatic : namespaces
        case .privateProc:
            if isLevelNamed { return Self.automatic }
            return level?.hasOwnRoot == true ? proc : namespaces
        case .landlock: return landlock
        case .signalScope: return newerKernel(6, 12, "holds back signals by Landlock")
        case .seccomp:
            return .noneHere(
                "the kernel has to be built with CONFIG_SECCOMP_FILTER, which every distribution does"
            )
        case .unprivilegedUser: return unprivilegedUser
        case .commandAllowList: return commandAllowList
        case .appArmor: return appArmor
        case .cgroup, .treeMemory: return controlGroups
        default:
            return .noneHere(
                "the kernel did not confirm it, and no setting of this machine is known to be the cause"
            )
        }
    }

    /// Whether something is known about a layer although no level was reached to see it in.
    private func isKnownToMiss(_ mechanism: Mechanism) -> Bool {
        switch mechanism {
        case .userNamespace, .mountNamespace, .pidNamespace, .privateProc, .networkNamespace, .ipcNamespace,
            .utsNamespace, .cgroupNamespace:
            true
        case .landlock, .signalScope: facts.landlockABI < 6
        default: false
        }
    }

    // MARK: Words

    /// A command that only root may run.
    func asRoot(_ command: String) -> String {
        facts.isRoot && !facts.place.sharesKernel ? command : "sudo \(command)"
    }

    /// A file that systemd reads with the unit's own, so that settings of the unit are other ones.
    func unitSettings(_ settings: [String], _ unit: String) -> String {
        let folder = Self.quoted("/etc/systemd/system/\(unit).d")
        let lines = (["[Service]"] + settings).map { "\($0)\\n" }.joined()
        return [
            asRoot("mkdir -p \(folder)"), "printf '\(lines)' | \(asRoot("tee \(folder)/container-mcp.conf"))",
            asRoot("systemctl daemon-reload"), asRoot("systemctl restart \(Self.quoted(unit))"),
        ].joined(separator: " && ")
    }

    /// A setting of the kernel, now and after a restart.
    func kernelSetting(_ setting: String) -> String {
        "echo \(setting) | \(asRoot("tee -a /etc/sysctl.d/90-container-mcp.conf")) && \(asRoot("sysctl --system"))"
    }

    /// An addition to the kernel's command line, and a restart; nil where it can't be told how.
    func bootParameter(_ parameter: String) -> String? {
        guard !facts.place.sharesKernel else { return nil }
        switch facts.distribution.bootLoader {
        case .grub:
            let line = "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX \(parameter)\""
            let file = "/etc/default/grub.d/container-mcp.cfg"
            return [
                "echo '\(line)' | \(asRoot("tee -a \(file)"))", asRoot("update-grub"), asRoot("reboot"),
            ].joined(separator: " && ")
        case .grubby:
            return "\(asRoot("grubby --update-kernel=ALL --args=\"\(parameter)\"")) && \(asRoot("reboot"))"
        case nil: return nil
        }
    }

    /// Where a command has to be run that changes the kernel.
    var onHost: String { facts.place.sharesKernel ? "On the machine that runs the container: " : "" }

    /// A word of a command, as a shell takes it.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
                    UInt8(ascii: "-"),
                    UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: ":"):
                    true
                default: false
                }
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }

    // MARK: Small ones

    private var unprivilegedUser: Advice {
        guard !facts.isRoot else {
            return .noneHere(
                "the server is root and yet could not change the user id; a level can't be had without"
            )
        }
        guard facts.place == .host else {
            return .noneHere(
                "inside \(facts.place.summary) the server should stay an ordinary user; its children are the same one"
            )
        }
        return .run(
            asRoot("cmcp-cli serve"),
            "Started as root, the server gives children a user id that is nobody else's"
        )
    }

    private var commandAllowList: Advice {
        guard level?.hasOwnRoot != true else {
            return newerKernel(6, 3, "can keep memory that was written from becoming code")
        }
        let folders = [facts.workspace, facts.temporary].compactMap { $0 }
        let open = folders.filter { !$0.isNoexec }
        guard let first = open.first else {
            return .noneHere(
                "the workspace and the folder for temporary files are mounted noexec, which closes the gap"
            )
        }
        let path = Self.quoted(first.path)
        switch facts.place {
        case .podman:
            return .run(
                "podman run --volume ./sandbox:\(path):noexec,nosuid,nodev …",
                "A workspace that is mounted noexec closes the gap"
            )
        case .docker:
            return .run(
                "docker volume create --opt type=none --opt o=bind,noexec,nosuid,nodev --opt device=\"$PWD/sandbox\" sandbox",
                "A workspace on a volume that is mounted noexec closes the gap"
            )
        case .kubernetes:
            return .noneHere("the workspace has to lie on a volume with the mount option noexec")
        default:
            let commands = open.flatMap { folder in
                let path = Self.quoted(folder.path)
                return (folder.exists ? [] : ["mkdir -p \(path)"])
                    + [asRoot("mount --bind -o noexec,nosuid,nodev \(path) \(path)")]
            }
            return .run(
                commands.joined(separator: " && "),
                "A workspace and a folder for temporary files that are mounted noexec close the gap"
            )
        }
    }
}
