// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

extension Adviser {
    /// What keeps Landlock from holding everything.
    var landlock: Advice {
        if facts.landlockABI > 0 { return newerKernel(6, 12, "has all of Landlock") }
        if let modules = facts.securityModules, !modules.contains("landlock"), facts.hasKernel(5, 13) {
            // All that are active now, so that none is turned off.
            let list = (["landlock"] + modules).joined(separator: ",")
            guard let command = bootParameter("lsm=\(list)") else {
                return .noneHere("Landlock is turned off; the kernel has to be started with lsm=\(list)")
            }
            return .run(command, "Landlock is not among the kernel's active security modules")
        }
        if facts.isFiltered == true, facts.hasKernel(5, 13) {
            return .noneHere(
                "a filter of system calls that lies over the server hides Landlock; start it without"
            )
        }
        if facts.hasKernel(5, 13) {
            return .noneHere("the kernel was built without Landlock (CONFIG_SECURITY_LANDLOCK)")
        }
        return newerKernel(6, 12, "has all of Landlock")
    }

    /// A newer kernel.
    ///
    /// - Parameters:
    ///   - major: The version that has what is missing.
    ///   - minor: Its second number.
    ///   - does: What such a kernel does.
    /// - Returns: How to come by it; nothing helps where the kernel is as new already.
    func newerKernel(_ major: Int, _ minor: Int, _ does: String) -> Advice {
        if facts.hasKernel(major, minor) {
            return .noneHere("this kernel is new enough, but was built or started without it")
        }
        let sentence = "Linux \(major).\(minor) or newer \(does)"
        if facts.place.sharesKernel {
            return .noneHere("the kernel is that of the machine outside; \(sentence)")
        }
        guard let command = facts.distribution.newerKernel(architecture: facts.architecture) else {
            return .noneHere("\(sentence), but no package of this distribution is known that has it")
        }
        return .run(asRoot(command), "\(sentence) (restart the machine afterwards)")
    }

    /// What keeps a call from having a profile.
    var appArmor: Advice {
        guard facts.appArmor.isEnabled else {
            if facts.place.sharesKernel {
                return .noneHere(
                    "AppArmor is off in the kernel of the machine outside, or hidden by the container"
                )
            }
            guard facts.appArmor.isBuiltIn, let command = bootParameter("apparmor=1 security=apparmor") else {
                return .noneHere("this kernel has no AppArmor")
            }
            return .run(command, "AppArmor is built into the kernel and turned off")
        }
        if facts.place.sharesKernel {
            return .noneHere(
                "profiles are loaded on the machine outside, where the container's own one is chosen"
            )
        }
        return .run(
            asRoot(Self.loadProfiles),
            "Run in the folder of the sources, this loads the profiles of the server and its children"
        )
    }

    /// Loads the profiles of the server and its children, and the one that lets them have user namespaces.
    static let loadProfiles = "bin/apparmor load"

    /// What keeps calls from having control groups of their own.
    var controlGroups: Advice {
        let groups = facts.controlGroups
        let instead = "the watcher that sums memory every 50 ms stays in its place"
        guard groups.version == .unified else {
            guard facts.hasSystemd, let command = bootParameter("systemd.unified_cgroup_hierarchy=1") else {
                return .noneHere(
                    "control groups are \(groups.version.rawValue), and only version 2 is used; \(instead)"
                )
            }
            return .run(
                command,
                "Control groups are \(groups.version.rawValue), and only version 2 is used"
            )
        }
        guard !groups.isDelegated else {
            return .noneHere(
                "a group with memory and pids is delegated to the server, but is not used; \(instead)"
            )
        }
        switch facts.place {
        case .podman:
            return .run(
                "podman run --security-opt unmask=/sys/fs/cgroup …",
                "The container's control groups are mounted read-only"
            )
        case .docker:
            return .run(
                "docker run --security-opt writable-cgroups=true …",
                "The container's control groups are mounted read-only (Docker 28 and newer can give them)"
            )
        case .kubernetes, .container, .bubblewrap, .firejail:
            return .noneHere("inside \(facts.place.summary) control groups are read-only; \(instead)")
        case .host, .lxc, .nspawn: break
        }
        if let unit = facts.unit {
            return .run(
                unitSettings(["Delegate=yes"], unit),
                "The unit's control group is not delegated to the server"
            )
        }
        guard facts.hasSystemd else {
            return .noneHere("nothing on this machine delegates control groups; \(instead)")
        }
        return .run(
            "\(facts.isRoot ? "systemd-run" : "systemd-run --user") --scope -p Delegate=yes cmcp-cli serve",
            "Started like this, the server gets a control group of its own"
        )
    }
}
