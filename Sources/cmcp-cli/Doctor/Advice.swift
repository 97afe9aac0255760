// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox

/// What an operator can do about a layer that is not fully in force: plain words, and one command where there is one.
struct Advice {
    let machine: Machine
    /// The workspace on the host.
    let workspace: String
    /// The settings ask for the level that was reached, so what else the machine could do is not known.
    let isLevelChosen: Bool
    /// Whether the level that was reached has namespaces.
    let hasUserNamespace: Bool

    /// The advice for a layer, from its status or nil where no level can be had.
    ///
    /// It is empty where the layer is in force or nothing would improve it.
    func text(for mechanism: Mechanism, _ status: EnforcementReport.Status?) -> String {
        guard status != .enforced else { return "" }
        guard let status else {
            // Nothing was confirmed, so only what keeps a level from being had is known.
            return mechanism == .userNamespace ? userNamespaces : ""
        }
        switch mechanism {
        case .userNamespace, .mountNamespace, .pidNamespace, .networkNamespace, .ipcNamespace, .utsNamespace,
            .cgroupNamespace:
            return isLevelChosen ? Self.chosen : userNamespaces
        case .privateProc:
            if isLevelChosen { return Self.chosen }
            return hasUserNamespace ? proc : userNamespaces
        case .landlock:
            return landlock(status)
        case .signalScope:
            return newerKernel(for: "Landlock ABI 6")
        case .seccomp:
            return "The kernel has to be built with CONFIG_SECCOMP_FILTER; Debian's kernels are."
        case .unprivilegedUser:
            guard !machine.isRoot else { return "" }
            return "Started as root, the server gives children a user id of their own: sudo cmcp-cli serve"
        case .commandAllowList:
            return """
                A workspace that is mounted noexec closes the gap: \
                sudo mount --bind -o noexec,nosuid,nodev \(quoted(workspace)) \(quoted(workspace))
                """
        case .treeMemory:
            return """
                The watcher holds a call to its limit within 50 ms. A limit for the whole server bounds the rest: \
                sudo systemd-run --scope -p MemoryMax=4G cmcp-cli serve
                """
        case .capabilities, .noNewPrivs, .rlimits, .appArmor, .cgroup:
            return ""
        }
    }

    private static let chosen =
        "The settings ask for this level; with SANDBOX_LEVEL=auto the strongest is taken."

    private var userNamespaces: String {
        if !machine.allowsUserNamespaces {
            return "User namespaces are turned off here: sudo sysctl -w kernel.unprivileged_userns_clone=1"
        }
        if !machine.hasUserNamespaces {
            return "User namespaces are turned off here: sudo sysctl -w user.max_user_namespaces=15000"
        }
        if machine.restrictsUserNamespacesByAppArmor {
            return """
                This system keeps user namespaces to programs with an AppArmor profile: \
                sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
                """
        }
        switch machine.container {
        case .docker:
            return """
                The container's default profile refuses namespaces. Start it with: docker run \
                --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
                --security-opt systempaths=unconfined …
                """
        case .podman:
            return """
                The container's profile refuses namespaces. Start it with: podman run --security-opt unmask=ALL …
                """
        case .none:
            return """
                The kernel refuses user namespaces; it has to be built with CONFIG_USER_NS. Debian's kernels are.
                """
        }
    }

    private var proc: String {
        switch machine.container {
        case .docker:
            "Unmask /proc, so that a call can have its own: docker run --security-opt systempaths=unconfined …"
        case .podman: "Unmask /proc, so that a call can have its own: podman run --security-opt unmask=ALL …"
        case .none: "Something is mounted over parts of /proc, so a call can't have its own: findmnt -R /proc"
        }
    }

    private func landlock(_ status: EnforcementReport.Status) -> String {
        guard case .partial = status else {
            if machine.hasLandlock == false {
                return """
                    Landlock is not among the active security modules. Add it to the kernel's command line: \
                    lsm=landlock,$(cat /sys/kernel/security/lsm)
                    """
            }
            return newerKernel(for: "Landlock")
        }
        return newerKernel(for: "all of Landlock")
    }

    private func newerKernel(for what: String) -> String {
        let place = machine.container == .none ? "" : " on the host of the container"
        return """
            Linux 6.12 or newer\(place) has \(what): sudo apt install -t bookworm-backports linux-image-amd64
            """
    }

    /// A path as a shell takes it.
    private func quoted(_ path: String) -> String {
        "'" + path.replacing("'", with: "'\\''") + "'"
    }
}
