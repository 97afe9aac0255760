// SPDX-License-Identifier: Apache-2.0

extension Adviser {
    /// What keeps calls from having namespaces, by what the trial of level `full` came to.
    var namespaces: Advice {
        guard let failure else { return userNamespaces }
        if failure.contains("launcher") {
            return .noneHere(
                """
                the launcher does not answer: it is the same program, started without any environment, so the loader has \
                to find its libraries without LD_LIBRARY_PATH
                """
            )
        }
        if failure.contains("/proc") { return proc }
        if failure.hasPrefix("the probe ") {
            return .noneHere("namespaces can be had, but with them \(failure)")
        }
        return userNamespaces
    }

    /// Who forbids user namespaces, from the nearest to the farthest.
    var userNamespaces: Advice {
        let rules = facts.userNamespaces
        if rules.maximum == 0 {
            return .run(
                kernelSetting("user.max_user_namespaces=15000"),
                "\(onHost)User namespaces are turned off (user.max_user_namespaces)"
            )
        }
        if rules.unprivilegedClone == 0, !facts.isRoot || facts.isInUserNamespace {
            return .run(
                kernelSetting("kernel.unprivileged_userns_clone=1"),
                "\(onHost)User namespaces are kept to root (kernel.unprivileged_userns_clone)"
            )
        }
        if let outer = outerRefusal { return outer }
        if rules.appArmorRestriction == 1, !facts.isRoot {
            return .run(
                asRoot(Self.loadProfiles),
                """
                AppArmor keeps user namespaces to programs with a profile \
                (kernel.apparmor_restrict_unprivileged_userns); run in the folder of the sources, this loads one
                """
            )
        }
        if let unit = facts.unit, facts.isFiltered == true {
            return .run(
                unitSettings(["RestrictNamespaces=no", "SystemCallFilter="], unit),
                "The unit's RestrictNamespaces= or SystemCallFilter= refuses namespaces"
            )
        }
        if facts.isFiltered == true {
            return .noneHere(
                "a system call filter that lies over this program refuses namespaces; start it outside"
            )
        }
        return .noneHere(
            "the kernel refuses user namespaces: a chroot(2) does so, and a kernel without CONFIG_USER_NS"
        )
    }

    /// What the place says to namespaces.
    private var outerRefusal: Advice? {
        switch facts.place {
        case .docker:
            return .run(
                """
                docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
                --security-opt systempaths=unconfined …
                """,
                """
                Docker's default profile refuses namespaces; without it the calls' own filter, which is stricter, \
                remains
                """
            )
        case .podman:
            return .run(
                "podman run --security-opt seccomp=/usr/share/containers/seccomp.json --security-opt unmask=ALL …",
                "This container's profile refuses namespaces, which Podman's own allows"
            )
        case .kubernetes:
            return .noneHere(
                """
                the pod has to ask for it: securityContext with seccompProfile.type Unconfined and procMount Unmasked, \
                and hostUsers false in its spec
                """
            )
        case .lxc:
            return .run(
                "incus config set \(Self.quoted(facts.hostName ?? "NAME")) security.nesting=true",
                "On the machine that runs the container (lxc in place of incus for LXD), nesting is refused"
            )
        case .nspawn:
            return .run(
                "systemd-nspawn --private-users=pick --system-call-filter=@mount …",
                "The container refuses namespaces"
            )
        case .firejail:
            return .noneHere("firejail refuses namespaces to what it runs; start the server outside")
        case .bubblewrap:
            return .noneHere(
                "the sandbox around the server refuses namespaces (--disable-userns?); start it outside"
            )
        case .container: return .noneHere("the container refuses namespaces; its engine has to allow them")
        case .host: return nil
        }
    }

    /// What keeps a call from having a `/proc` of its own.
    var proc: Advice {
        switch facts.place {
        case .docker:
            return .run("docker run --security-opt systempaths=unconfined …", Self.unmasked)
        case .podman:
            return .run("podman run --security-opt unmask=ALL …", Self.unmasked)
        case .kubernetes:
            return .noneHere(
                "the pod has to ask for it: procMount Unmasked in its securityContext, and hostUsers false"
            )
        case .lxc:
            return .run(
                "incus config set \(Self.quoted(facts.hostName ?? "NAME")) security.nesting=true",
                "On the machine that runs the container (lxc in place of incus for LXD), nesting gives it a whole /proc"
            )
        default:
            guard !facts.mountsOverProc.isEmpty else {
                return .noneHere(
                    "the kernel refuses to mount /proc here, and nothing that can be seen lies over it"
                )
            }
            if let unit = facts.unit {
                return .run(
                    unitSettings(
                        ["ProtectKernelTunables=no", "ProtectKernelLogs=no", "ProtectProc=default"],
                        unit
                    ),
                    "The unit hides parts of /proc, so a call can't have its own"
                )
            }
            return .run(
                asRoot("umount \(facts.mountsOverProc.map(Self.quoted).joined(separator: " "))"),
                "Something is mounted over parts of /proc, so a call can't have its own"
            )
        }
    }

    private static let unmasked = "Unmask /proc, so that a call can have its own"
}
