// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox
internal import Glibc

extension MachineFacts {
    /// Looks at this machine, as a server with these settings finds it.
    ///
    /// Nothing is changed and nothing is started; whatever can't be read is left unknown.
    ///
    /// - Parameter settings: Say which folders and programs matter.
    /// - Returns: What is known.
    public static func read(for settings: Settings) -> MachineFacts {
        var facts = MachineFacts(view: .real)
        var names = utsname()
        if unsafe uname(&names) == 0 {
            facts.kernelRelease = text(of: names.release)
            facts.architecture = text(of: names.machine)
            facts.hostName = facts.place.sharesKernel ? text(of: names.nodename) : nil
        }
        facts.isRoot = geteuid() == 0
        facts.landlockABI = LandlockVersion.running
        let mounts = MountTable(MachineView.real.text("/proc/self/mountinfo") ?? "")
        facts.workspace = Folder(settings.sandbox.root, MachineView.real, mounts)
        facts.temporary = Folder(settings.sandbox.tempFolder, MachineView.real, mounts)
        facts.workspaceLimit = Int64(settings.sandbox.workspaceBytes)
        guard settings.tools.offersSystem else { return facts }
        // An interpreter that can't be used is one that was not found; the start of the server says why.
        let interpreter = try? PythonInterpreter.find(named: settings.python.executable)
        facts.python = Program(name: settings.python.executable ?? "python3", path: interpreter)
        if interpreter == nil, settings.python.executable == nil {
            facts.otherPython = ViewBuilder.find("python3")
        }
        if settings.sandbox.restrictsCommands {
            facts.programs = settings.bash.allowedCommands.map {
                Program(name: $0, path: ViewBuilder.find($0))
            }
        }
        return facts
    }

    /// Looks at what files tell.
    init(view: MachineView) {
        self.init()
        let mounts = MountTable(view.text("/proc/self/mountinfo") ?? "")
        let membership = view.text("/proc/self/cgroup") ?? ""
        place = Self.place(view, mounts, membership)
        hasSystemd = view.exists("/run/systemd/system")
        virtualMachine = Self.virtualMachine(view)
        distribution = Distribution(
            osRelease: view.text("/etc/os-release") ?? view.text("/usr/lib/os-release") ?? ""
        )
        let map = view.text("/proc/self/uid_map")?.split { $0 == " " || $0 == "\n" } ?? []
        isInUserNamespace = !map.isEmpty && map != ["0", "0", "4294967295"]
        isFiltered = Self.isFiltered(status: view.text("/proc/self/status"))
        securityModules = view.line("/sys/kernel/security/lsm")?.split(separator: ",").map(String.init)
        userNamespaces = UserNamespaces(
            unprivilegedClone: view.number("/proc/sys/kernel/unprivileged_userns_clone"),
            maximum: view.number("/proc/sys/user/max_user_namespaces"),
            appArmorRestriction: view.number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
        )
        mountsOverProc = mounts.overProc
        appArmor = Self.appArmor(view)
        controlGroups = Self.controlGroups(view, membership)
        unit = hasSystemd ? ControlGroups.service(ofPath: controlGroups.path) : nil
        clockSource = view.line("/sys/devices/system/clocksource/clocksource0/current_clocksource")
    }

    /// The innermost place that left a trace.
    private static func place(_ view: MachineView, _ mounts: MountTable, _ membership: String) -> MachinePlace
    {
        if mounts.hasBubblewrapRoot || view.exists("/.flatpak-info") || view.line("/proc/1/comm") == "bwrap" {
            return .bubblewrap
        }
        if mounts.isFirejailed || view.line("/proc/1/comm") == "firejail" { return .firejail }
        // Pods are run by all kinds of engines, and what has to be changed is the pod.
        if view.variable("KUBERNETES_SERVICE_HOST") != nil
            || view.exists("/var/run/secrets/kubernetes.io/serviceaccount")
            || membership.contains("/kubepods")
        {
            return .kubernetes
        }
        // A machine that was made from an image keeps the file; but only outside are the kernel's threads to be seen.
        let isOutside = view.line("/proc/2/comm") == "kthreadd" && mounts.type(of: "/") != "overlay"
        if !isOutside, view.exists("/run/.containerenv") { return .podman }
        if !isOutside, view.exists("/.dockerenv") { return .docker }
        // systemd in a container writes down what it was told.
        let told = view.line("/run/systemd/container") ?? view.variable("container")
        switch told {
        case "podman": return .podman
        case "docker": return .docker
        case "lxc", "lxc-libvirt": return .lxc
        case "systemd-nspawn": return .nspawn
        case .some(let other) where !other.isEmpty && other != "flatpak": return .container
        default: break
        }
        if view.exists("/dev/lxd/sock") || view.exists("/dev/incus/sock") || membership.contains("/lxc") {
            return .lxc
        }
        return membership.contains("/docker/") ? .docker : .host
    }

    private static func virtualMachine(_ view: MachineView) -> String? {
        if view.line("/proc/sys/kernel/osrelease")?.lowercased().contains("microsoft") == true {
            return "WSL"
        }
        let vendor = view.line("/sys/class/dmi/id/sys_vendor") ?? ""
        let product = view.line("/sys/class/dmi/id/product_name") ?? ""
        let known = [
            ("KVM", "KVM"), ("QEMU", "QEMU"), ("VMware", "VMware"), ("VirtualBox", "VirtualBox"),
            ("Virtual Machine", "Hyper-V"), ("Amazon EC2", "Amazon EC2"), ("Google", "Google Compute Engine"),
            ("Xen", "Xen"), ("Bochs", "Bochs"), ("Parallels", "Parallels"),
        ]
        for (word, name) in known where vendor.contains(word) || product.contains(word) { return name }
        if let hypervisor = view.line("/sys/hypervisor/type") { return String(hypervisor.prefix(40)) }
        let flags = view.text("/proc/cpuinfo")?.split(whereSeparator: \.isNewline).first {
            $0.hasPrefix("flags")
        }
        let isGuest = flags?.split(separator: " ").contains("hypervisor") ?? false
        return isGuest ? "of an unknown kind" : nil
    }

    private static func isFiltered(status: String?) -> Bool? {
        let line = status?.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Seccomp:") }
        return line.map { $0.hasSuffix("2") }
    }

    private static func appArmor(_ view: MachineView) -> AppArmor {
        let profile = view.line("/proc/self/attr/apparmor/current")
        let list = view.text("/sys/kernel/security/apparmor/profiles")
        let isEnabled = view.line("/sys/module/apparmor/parameters/enabled") == "Y"
        return AppArmor(
            isBuiltIn: isEnabled || view.exists("/sys/module/apparmor"),
            isEnabled: isEnabled,
            profile: profile.map { String($0.prefix(200)) },
            loadedProfiles: list.map { $0.split(whereSeparator: \.isNewline).count }
        )
    }

    private static func controlGroups(_ view: MachineView, _ membership: String) -> ControlGroups {
        let top = "/sys/fs/cgroup"
        guard view.exists(top + "/cgroup.controllers") else {
            guard view.exists(top) else { return ControlGroups() }
            let isHybrid = view.exists(top + "/unified/cgroup.controllers")
            let isLegacy = view.exists(top + "/memory") || view.exists(top + "/pids")
            return ControlGroups(version: isHybrid ? .hybrid : isLegacy ? .legacy : .missing)
        }
        let path = ControlGroups.path(inMembership: membership) ?? "/"
        let place = path == "/" ? top : top + path
        return ControlGroups(
            version: .unified,
            path: path,
            controllers: view.line(place + "/cgroup.controllers")?.split(separator: " ").map(String.init)
                ?? [],
            // To delegate is to give away these two (cgroups(7), "Cgroups delegation").
            isWritable: view.isWritable(place) && view.isWritable(place + "/cgroup.procs")
        )
    }

    /// The text of a fixed field of the C library.
    private static func text<Field>(of field: Field) -> String {
        let bytes = unsafe withUnsafeBytes(of: field) { unsafe $0.prefix { $0 != 0 }.map { $0 } }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension MachineFacts.Folder {
    /// Looks at a folder, or at the nearest one above it that is there.
    init(_ path: String, _ view: MachineView, _ mounts: MountTable) {
        var place = path
        // A path is at most 4,096 bytes long, so there are no more steps than that.
        while place != "/", !view.exists(place) {
            place = place.lastIndex(of: "/").map { String(place[..<$0]) } ?? "/"
            if place.isEmpty { place = "/" }
        }
        let space = view.space(place)
        self.init(
            path: path,
            exists: place == path,
            fileSystem: mounts.type(of: place),
            isNoexec: space?.isNoexec ?? false,
            freeBytes: space?.freeBytes,
            freeNames: space?.freeNames
        )
    }
}
