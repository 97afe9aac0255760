// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct MachineFactsTests {
    private static let bubblewrap = "620 595 0:48 /newroot / rw,nosuid,nodev - tmpfs tmpfs rw\n"

    private static let overlay = "1 0 0:50 / / rw - overlay overlay rw\n"
    private static let leftByFirejail = "43 27 254:0 /x /run/firejail/firejail.ro.dir ro - ext4 /dev/vda rw\n"
    private static let firejail = "119 98 254:0 / /run/firejail/mnt rw - tmpfs tmpfs rw\n"

    @Test(
        arguments: [
            (["/run/.containerenv": ""], [:], MachinePlace.podman),
            (["/.dockerenv": ""], [:], .docker),
            (["/.dockerenv": "", "/proc/2/comm": "kthreadd\n"], [:], .host),
            (
                ["/.dockerenv": "", "/proc/2/comm": "kthreadd\n", "/proc/self/mountinfo": overlay], [:],
                .docker
            ),
            (["/.dockerenv": ""], ["KUBERNETES_SERVICE_HOST": "10.0.0.1"], .kubernetes),
            (["/proc/self/cgroup": "0::/kubepods/burstable/pod1/x\n"], [:], .kubernetes),
            (["/proc/self/cgroup": "1:name=systemd:/docker/0a\n"], [:], .docker),
            (["/run/systemd/container": "lxc\n"], [:], .lxc),
            (["/run/systemd/container": "systemd-nspawn\n"], [:], .nspawn),
            (["/dev/incus/sock": ""], [:], .lxc),
            ([:], ["container": "rkt"], .container),
            (["/proc/self/mountinfo": bubblewrap], [:], .bubblewrap),
            (["/.flatpak-info": ""], ["container": "flatpak"], .bubblewrap),
            (["/proc/1/comm": "firejail\n"], [:], .firejail),
            (["/proc/self/mountinfo": firejail], [:], .firejail), (["/run/firejail/mnt": ""], [:], .host),
            (["/proc/self/mountinfo": leftByFirejail], [:], .host),
            (["/run/.containerenv": "", "/proc/1/comm": "bwrap\n"], [:], .bubblewrap),
            (["/proc/1/comm": "systemd\n", "/proc/self/cgroup": "0::/user.slice\n"], [:], .host),
            ([:], [:], .host),
        ] as [([String: String], [String: String], MachinePlace)]
    )
    func `the place is told by its traces`(
        files: [String: String],
        variables: [String: String],
        place: MachinePlace
    ) {
        #expect(MachineFacts(view: MadeUpMachine.view(files, variables: variables)).place == place)
    }

    @Test func `a machine without any files is a host about which nothing is known`() {
        #expect(MachineFacts(view: MadeUpMachine.view([:])) == MachineFacts())
    }

    @Test func `an ordinary Debian is read whole`() {
        let unit = "/system.slice/container-mcp.service"
        let group = "/sys/fs/cgroup" + unit
        let view = MadeUpMachine.view(
            [
                "/etc/os-release":
                    "# comment\nID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID='12'\n",
                "/proc/self/cgroup": "0::\(unit)\n",
                "/sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory pids\n",
                group + "/cgroup.controllers": "memory pids\n",
                "/proc/self/uid_map": "         0          0 4294967295\n",
                "/proc/self/status": "Name:\tx\nSeccomp:\t2\nSeccomp_filters:\t1\n",
                "/sys/kernel/security/lsm": "lockdown,capability,landlock,yama,apparmor\n",
                "/proc/sys/kernel/unprivileged_userns_clone": "0\n",
                "/proc/sys/user/max_user_namespaces": "96365\n",
                "/sys/module/apparmor/parameters/enabled": "Y\n",
                "/proc/self/attr/apparmor/current": "unconfined\n",
                "/sys/kernel/security/apparmor/profiles": "a (enforce)\nb (complain)\n",
                "/sys/class/dmi/id/sys_vendor": "QEMU\n",
                "/sys/devices/system/clocksource/clocksource0/current_clocksource": "hpet\n",
                "/proc/self/mountinfo": """
                22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
                23 22 0:21 / /proc rw,nosuid - proc proc rw
                24 23 0:22 / /proc/kcore rw - tmpfs tmpfs rw
                25 23 0:23 / /proc/sys/fs/binfmt_misc rw - binfmt_misc binfmt_misc rw
                broken line
                """,
            ],
            folders: ["/run/systemd/system", "/sys/fs/cgroup"],
            writable: [group, group + "/cgroup.procs"]
        )
        let facts = MachineFacts(view: view)
        #expect(facts.place == .host && facts.hasSystemd && facts.unit == "container-mcp.service")
        #expect(facts.distribution == MadeUpMachine.debian)
        #expect(facts.controlGroups.isDelegated)
        #expect(facts.controlGroups.controllers == ["memory", "pids"])
        #expect(!facts.isInUserNamespace && facts.isFiltered == true)
        #expect(facts.securityModules?.contains("landlock") == true)
        #expect(facts.userNamespaces == .init(unprivilegedClone: 0, maximum: 96_365))
        #expect(
            facts.appArmor
                == .init(isBuiltIn: true, isEnabled: true, profile: "unconfined", loadedProfiles: 2)
        )
        #expect(facts.virtualMachine == "QEMU" && facts.clockSource == "hpet")
        #expect(facts.mountsOverProc == ["/proc/kcore"])
    }

    @Test(arguments: [
        ("/system.slice/a.service", "a.service"), ("/system.slice/a.service/child", "a.service"),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/b.service", "b.service"),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/run-1.scope", nil),
        ("/user.slice/user-1000.slice/session-2.scope", nil), ("/", nil), ("", nil),
    ])
    func `a service is told from sessions and scopes`(path: String, unit: String?) {
        #expect(ControlGroups.service(ofPath: path) == unit)
    }

    @Test func `version 1 is told from version 2 and from none`() {
        func version(_ folders: Set<String>) -> ControlGroups.Version {
            MachineFacts(view: MadeUpMachine.view([:], folders: folders)).controlGroups.version
        }
        #expect(version([]) == .missing)
        #expect(version(["/sys/fs/cgroup"]) == .missing)
        #expect(version(["/sys/fs/cgroup", "/sys/fs/cgroup/memory"]) == .legacy)
        #expect(version(["/sys/fs/cgroup", "/sys/fs/cgroup/unified/cgroup.controllers"]) == .hybrid)
        #expect(version(["/sys/fs/cgroup", "/sys/fs/cgroup/cgroup.controllers"]) == .unified)
    }

    @Test(arguments: [
        "", "\n", "=", "ID", "ID=\"", "ID='\n", "\u{FEFF}ID=x", "ID=\"a",
        String(repeating: "ID_LIKE=x ", count: 10_000),
        "36 35 98:0 /mnt1 /mnt2 rw - ", "36 35 98:0 \\ \\0 rw - ext3", "0::",
        "0::/" + String(repeating: "/", count: 5_000),
        "1 2 3 \\777\\40 /\\134 rw - - -", "99999999999999999999999", "-", "Seccomp:",
    ])
    func `text of any kind is read without harm`(text: String) {
        let files = [
            "/etc/os-release", "/proc/self/mountinfo", "/proc/self/cgroup", "/proc/self/uid_map",
            "/proc/self/status",
            "/sys/kernel/security/lsm", "/proc/sys/user/max_user_namespaces",
            "/sys/fs/cgroup/cgroup.controllers",
            "/proc/cpuinfo", "/run/systemd/container",
        ]
        let view = MadeUpMachine.view(Dictionary(uniqueKeysWithValues: files.map { ($0, text) }))
        let facts = MachineFacts(view: view)
        #expect(facts.distribution.name.count <= 100)
        #expect(facts.mountsOverProc.count <= 20)
    }

    @Test func `names of mounts are read as the kernel writes them`() {
        let table = MountTable(
            """
            1 0 8:1 / / rw - ext4 /dev/sda1 rw
            2 1 8:2 / /srv/my\\040data rw - xfs /dev/sdb1 rw
            3 2 0:9 / /srv/my\\040data/in rw - tmpfs tmpfs rw
            4 1 0:10 / /srv rw - overlay overlay rw
            """
        )
        #expect(table.type(of: "/srv/my data/in/a") == "tmpfs")
        #expect(table.type(of: "/srv/my data/inner") == "xfs")
        #expect(table.type(of: "/srv/other") == "overlay")
        #expect(table.type(of: "/srvx") == "ext4")
        #expect(MountTable("").type(of: "/") == nil)
    }

    @Test(arguments: [
        ("6.1.0-30-amd64", true, false), ("6.18.44-fc", true, true), ("", false, false), ("x", false, false),
    ])
    func `versions are compared as numbers`(release: String, isFive: Bool, isTwelve: Bool) {
        let facts = MachineFacts(kernelRelease: release)
        #expect(facts.hasKernel(5, 13) == isFive)
        #expect(facts.hasKernel(6, 12) == isTwelve)
    }

    @Test func `this machine can be read`() throws {
        let settings = try Settings.load(
            environment: [:],
            currentDirectory: "/nonexistent",
            servesNetwork: false
        )
        let facts = MachineFacts.read(for: settings)
        #expect(!facts.kernelRelease.isEmpty && !facts.architecture.isEmpty)
        #expect(facts.workspace?.path == "/nonexistent/sandbox" && facts.workspace?.exists == false)
        #expect((facts.workspace?.freeBytes ?? 0) > 0)
        #expect(facts.programs.contains { $0.name == "ls" && $0.path != nil })
    }
}
