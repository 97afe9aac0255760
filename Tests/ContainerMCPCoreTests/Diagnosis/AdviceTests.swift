// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Testing

@testable import ContainerMCPCore

@Suite struct AdviceTests {
    private func namespaces(_ facts: MachineFacts) -> Advice? {
        MadeUpMachine.advice(.userNamespace, MadeUpMachine.report(.filtered), facts)
    }

    // MARK: User namespaces

    @Test func `a sysctl that forbids user namespaces is named, and set for good`() {
        let debian = namespaces(
            MachineFacts(distribution: MadeUpMachine.debian, userNamespaces: .init(unprivilegedClone: 0))
        )
        #expect(
            debian?.command
                == "echo kernel.unprivileged_userns_clone=1 | sudo tee -a /etc/sysctl.d/90-container-mcp.conf "
                + "&& sudo sysctl --system"
        )
        let none = namespaces(MachineFacts(isRoot: true, userNamespaces: .init(maximum: 0)))
        #expect(
            none?.command
                == "echo user.max_user_namespaces=15000 | tee -a /etc/sysctl.d/90-container-mcp.conf && sysctl --system"
        )
        let ubuntu = namespaces(
            MachineFacts(distribution: MadeUpMachine.ubuntu, userNamespaces: .init(appArmorRestriction: 1))
        )
        #expect(ubuntu?.reason.contains("AppArmor") == true)
        #expect(ubuntu?.command == "sudo bin/apparmor load")
    }

    @Test func `a sysctl that does not hold the server back is not blamed`() {
        let root = namespaces(MachineFacts(isRoot: true, userNamespaces: .init(unprivilegedClone: 0)))
        #expect(root?.text.contains("unprivileged_userns_clone") == false)
        let allowed = namespaces(MachineFacts(userNamespaces: .init(unprivilegedClone: 1, maximum: 1000)))
        #expect(allowed?.command == nil)
        #expect(allowed?.text.hasPrefix("none here: ") == true)
    }

    @Test(arguments: [
        (MachinePlace.docker, "docker run --security-opt seccomp=unconfined"),
        (.podman, "podman run --security-opt seccomp="),
        (.lxc, "incus config set web1 security.nesting=true"),
    ])
    func `a container is told how to start it`(place: MachinePlace, command: String) {
        let advice = namespaces(MachineFacts(place: place, hostName: "web1", isFiltered: true))
        #expect(advice?.command?.hasPrefix(command) == true, "\(advice?.text ?? "")")
    }

    @Test func `where only somebody else can help there is a reason and no command`() {
        for place in [MachinePlace.kubernetes, .firejail, .bubblewrap, .container] {
            let advice = namespaces(MachineFacts(place: place))
            #expect(advice?.command == nil)
            #expect(advice?.text.hasPrefix("none here: ") == true)
        }
    }

    @Test func `a sysctl in a container is one of the machine outside`() {
        let advice = namespaces(MachineFacts(place: .docker, isRoot: true, userNamespaces: .init(maximum: 0)))
        #expect(advice?.reason.hasPrefix("On the machine that runs the container: ") == true)
        #expect(advice?.command?.contains("sudo sysctl") == true, "outside one need not be root")
    }

    @Test func `a unit that refuses namespaces gets a setting of its own, quoted for the shell`() {
        let advice = namespaces(MachineFacts(unit: "my mcp.service", hasSystemd: true, isFiltered: true))
        #expect(
            advice?.command
                == "sudo mkdir -p '/etc/systemd/system/my mcp.service.d' && "
                + #"printf '[Service]\nRestrictNamespaces=no\nSystemCallFilter=\n' | "#
                + "sudo tee '/etc/systemd/system/my mcp.service.d'/container-mcp.conf && "
                + "sudo systemctl daemon-reload && sudo systemctl restart 'my mcp.service'"
        )
    }

    @Test func `a level that the settings name is not the machine's fault`() {
        let advice = MadeUpMachine.advice(
            .mountNamespace,
            MadeUpMachine.report(.filtered),
            MachineFacts(place: .docker),
            required: .filtered
        )
        #expect(advice?.command == "cmcp-cli doctor --set SANDBOX_LEVEL=auto")
    }

    @Test(arguments: [
        ("could not mount /proc: Operation not permitted", "unmask=ALL"),
        ("could not create a user namespace: Operation not permitted", "seccomp.json"),
        ("the probe could signal the server", "the probe could signal the server"),
        ("this executable does not contain the launcher, or it did not answer in 2 s", "LD_LIBRARY_PATH"),
    ])
    func `what the trial of level full came to decides what is blamed`(failure: String, words: String) {
        for report in [MadeUpMachine.report(.filtered), nil] {
            let advice = MadeUpMachine.advice(
                .mountNamespace,
                report,
                MachineFacts(place: .podman, isFiltered: true),
                failure: failure
            )
            #expect(advice?.text.contains(words) == true, "\(advice?.text ?? "")")
        }
    }

    @Test func `where no level can be had, nothing is blamed about which nothing is known`() {
        let facts = MachineFacts(kernelRelease: "6.1.0", landlockABI: 7)
        for mechanism in [Mechanism.landlock, .seccomp, .cgroup, .appArmor, .unprivilegedUser, .noNewPrivs] {
            #expect(
                MadeUpMachine.advice(mechanism, nil, facts)?.reason.hasPrefix("it comes with a level") == true
            )
        }
        let old = MachineFacts(
            distribution: MadeUpMachine.debian,
            kernelRelease: "6.1.0",
            architecture: "x86_64"
        )
        #expect(MadeUpMachine.advice(.landlock, nil, old)?.command != nil)
    }

    // MARK: Other layers

    @Test func `masked parts of proc are named to who masked them`() {
        func advice(_ facts: MachineFacts) -> Advice? {
            MadeUpMachine.advice(.privateProc, MadeUpMachine.report(.noproc), facts)
        }
        #expect(advice(MachineFacts(place: .podman))?.command == "podman run --security-opt unmask=ALL …")
        #expect(advice(MachineFacts(place: .docker))?.command?.contains("systempaths=unconfined") == true)
        let masked = ["/proc/kcore", "/proc/my keys"]
        #expect(
            advice(MachineFacts(mountsOverProc: masked))?.command == "sudo umount /proc/kcore '/proc/my keys'"
        )
        let unit = MachineFacts(unit: "mcp.service", hasSystemd: true, mountsOverProc: masked)
        #expect(advice(unit)?.command?.contains("ProtectKernelTunables=no") == true)
        #expect(advice(MachineFacts())?.command == nil)
    }

    @Test(arguments: [
        (MadeUpMachine.debian, "x86_64", "sudo apt install -t bookworm-backports linux-image-amd64"),
        (MadeUpMachine.debian, "aarch64", "sudo apt install -t bookworm-backports linux-image-arm64"),
        (MadeUpMachine.ubuntu, "x86_64", "sudo apt install linux-generic-hwe-24.04"),
        (MadeUpMachine.fedora, "x86_64", "sudo dnf upgrade kernel"),
        (Distribution(families: ["gentoo"]), "x86_64", nil),
    ])
    func `a newer kernel comes by the distribution's own command`(
        distribution: Distribution,
        architecture: String,
        command: String?
    ) {
        let facts = MachineFacts(
            distribution: distribution,
            kernelRelease: "6.1.0-30-amd64",
            architecture: architecture,
            landlockABI: 2
        )
        let report = MadeUpMachine.report(.full, [.landlock: .partial(missing: "truncation (ABI 2)")])
        let advice = MadeUpMachine.advice(.landlock, report, facts)
        #expect(advice?.command == command)
        #expect(advice?.text.contains("6.12") == true)
    }

    @Test func `inside a container no kernel can be installed`() {
        let facts = MachineFacts(
            place: .docker,
            distribution: MadeUpMachine.debian,
            kernelRelease: "6.1.0",
            architecture: "x86_64",
            landlockABI: 2
        )
        let report = MadeUpMachine.report(.filtered, [.landlock: .partial(missing: "TCP")])
        #expect(MadeUpMachine.advice(.landlock, report, facts)?.command == nil)
    }

    @Test func `Landlock that is built in and off is turned on without turning others off`() {
        let facts = MachineFacts(
            distribution: MadeUpMachine.ubuntu,
            kernelRelease: "6.8.0-40-generic",
            isRoot: true,
            securityModules: ["lockdown", "capability", "yama", "apparmor"]
        )
        let report = MadeUpMachine.report(
            .full,
            [.landlock: .unavailable(reason: "the kernel has no Landlock")]
        )
        let advice = MadeUpMachine.advice(.landlock, report, facts)
        #expect(
            advice?.command
                == #"echo 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX lsm=landlock,lockdown,capability,yama,apparmor"' | "#
                + "tee -a /etc/default/grub.d/container-mcp.cfg && update-grub && reboot"
        )
    }

    @Test func `control groups are delegated by who has them`() {
        let report = MadeUpMachine.report(.full, [.cgroup: .unavailable(reason: "none is delegated")])
        func advice(_ facts: MachineFacts) -> Advice? { MadeUpMachine.advice(.cgroup, report, facts) }
        let groups = ControlGroups(version: .unified, path: "/x", controllers: ["memory", "pids"])
        #expect(
            advice(MachineFacts(hasSystemd: true, controlGroups: groups))?.command
                == "systemd-run --user --scope -p Delegate=yes cmcp-cli serve"
        )
        #expect(
            advice(MachineFacts(hasSystemd: true, isRoot: true, controlGroups: groups))?.command
                == "systemd-run --scope -p Delegate=yes cmcp-cli serve"
        )
        #expect(
            advice(MachineFacts(unit: "mcp.service", hasSystemd: true, controlGroups: groups))?.command?
                .contains(#"printf '[Service]\nDelegate=yes\n'"#) == true
        )
        #expect(advice(MachineFacts(controlGroups: groups))?.command == nil)
        #expect(
            advice(MachineFacts(place: .podman, controlGroups: groups))?.command?.contains(
                "unmask=/sys/fs/cgroup"
            )
                == true
        )
        #expect(
            advice(MachineFacts(place: .docker, controlGroups: groups))?.command?.contains(
                "writable-cgroups=true"
            )
                == true
        )
        #expect(advice(MachineFacts(place: .kubernetes, controlGroups: groups))?.command == nil)
        let old = MachineFacts(
            hasSystemd: true,
            distribution: MadeUpMachine.debian,
            controlGroups: ControlGroups(version: .hybrid)
        )
        #expect(advice(old)?.command?.contains("systemd.unified_cgroup_hierarchy=1") == true)
    }

    @Test func `AppArmor that is off, missing or out of reach has an answer each`() {
        let report = MadeUpMachine.report(.full, [.appArmor: .unavailable(reason: "no profile is attached")])
        func advice(_ facts: MachineFacts) -> Advice? { MadeUpMachine.advice(.appArmor, report, facts) }
        #expect(advice(MachineFacts())?.text == "none here: this kernel has no AppArmor")
        let off = MachineFacts(distribution: MadeUpMachine.debian, appArmor: .init(isBuiltIn: true))
        #expect(advice(off)?.command?.contains("apparmor=1 security=apparmor") == true)
        let on = MachineFacts.AppArmor(isBuiltIn: true, isEnabled: true)
        #expect(advice(MachineFacts(appArmor: on))?.command == "sudo bin/apparmor load")
        #expect(advice(MachineFacts(place: .docker, appArmor: on))?.command == nil)
    }

    @Test func `the gap in the list of commands is closed in every folder that lets programs run`() {
        let report = MadeUpMachine.report(.filtered, [.commandAllowList: .partial(missing: "the loader")])
        func advice(_ facts: MachineFacts) -> Advice? {
            MadeUpMachine.advice(.commandAllowList, report, facts)
        }
        var facts = MachineFacts(
            workspace: .init(path: "/srv/it's mine"),
            temporary: .init(path: "/srv/temp", exists: false)
        )
        #expect(
            advice(facts)?.command
                == #"sudo mount --bind -o noexec,nosuid,nodev '/srv/it'\''s mine' '/srv/it'\''s mine' && "#
                + "mkdir -p /srv/temp && sudo mount --bind -o noexec,nosuid,nodev /srv/temp /srv/temp"
        )
        facts.workspace?.isNoexec = true
        facts.temporary?.exists = true
        #expect(advice(facts)?.command == "sudo mount --bind -o noexec,nosuid,nodev /srv/temp /srv/temp")
        facts.temporary?.isNoexec = true
        #expect(advice(facts)?.command == nil)
    }

    // MARK: All of them

    @Test(arguments: MachinePlace.allCases, [SandboxLevel?.none, .some(.none), .filtered, .noproc, .full])
    func `every layer that is not in force has advice, and one that is has none`(
        place: MachinePlace,
        level: SandboxLevel?
    ) {
        let statuses = Mechanism.allCases.map { ($0, EnforcementReport.Status.unavailable(reason: "gone")) }
        let report = level.map {
            EnforcementReport(level: $0, statuses: Dictionary(statuses) { first, _ in first })
        }
        for isRoot in [false, true] {
            let facts = MachineFacts(place: place, isRoot: isRoot)
            for layer in MadeUpMachine.diagnose(report, facts).layers {
                #expect(layer.advice.map { $0.text.isEmpty } == false, "\(layer.name)")
                #expect(layer.advice?.command?.contains("\n") != true)
            }
        }
        let fine = MadeUpMachine.diagnose(MadeUpMachine.report(.full), MachineFacts(place: place))
        #expect(fine.layers.allSatisfy { $0.advice == nil && $0.meaning.isEmpty && $0.detail.isEmpty })
    }

    @Test func `every layer has words for its absence`() {
        for mechanism in Mechanism.allCases { #expect(!mechanism.meaningOfAbsence.isEmpty, "\(mechanism)") }
    }
}
