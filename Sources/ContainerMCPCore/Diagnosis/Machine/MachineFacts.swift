// SPDX-License-Identifier: Apache-2.0

/// What is known about a machine: what decides which protection it gives, and which advice helps.
///
/// The facts are values, so that advice can be tried on machines that are not at hand.
public struct MachineFacts: Sendable, Equatable {
    /// What the kernel's settings say about user namespaces; nil for a setting that this kernel does not have.
    public struct UserNamespaces: Sendable, Equatable {
        /// `kernel.unprivileged_userns_clone` of Debian's kernels: 0 forbids them to all but root.
        public var unprivilegedClone: Int?
        /// `user.max_user_namespaces`: 0 forbids them to everybody.
        public var maximum: Int?
        /// `kernel.apparmor_restrict_unprivileged_userns` of Ubuntu: 1 keeps them to programs with a profile.
        public var appArmorRestriction: Int?

        /// Makes facts; by default nothing is known.
        public init(unprivilegedClone: Int? = nil, maximum: Int? = nil, appArmorRestriction: Int? = nil) {
            self.unprivilegedClone = unprivilegedClone
            self.maximum = maximum
            self.appArmorRestriction = appArmorRestriction
        }
    }

    /// What the kernel says about AppArmor.
    public struct AppArmor: Sendable, Equatable {
        /// Whether the kernel was built with it.
        public var isBuiltIn: Bool
        /// Whether it is on.
        public var isEnabled: Bool
        /// The profile of the server itself; nil where that can't be seen.
        public var profile: String?
        /// How many profiles are loaded; nil where that can't be seen, which takes root.
        public var loadedProfiles: Int?

        /// Makes facts; by default the kernel has none.
        public init(
            isBuiltIn: Bool = false,
            isEnabled: Bool = false,
            profile: String? = nil,
            loadedProfiles: Int? = nil
        ) {
            self.isBuiltIn = isBuiltIn
            self.isEnabled = isEnabled
            self.profile = profile
            self.loadedProfiles = loadedProfiles
        }
    }

    /// One of the server's folders.
    public struct Folder: Sendable, Equatable {
        /// Its path on the host.
        public var path: String
        /// Whether it is there; else the facts are those of the nearest folder above.
        public var exists: Bool
        /// The type of its file system; nil where that can't be told.
        public var fileSystem: String?
        /// Whether programs on it can't be executed (`noexec`).
        public var isNoexec: Bool
        /// Bytes that are free for the server.
        public var freeBytes: Int64?
        /// Names that are free for the server; nil where the file system does not count them.
        public var freeNames: Int64?

        /// Makes facts about a folder.
        public init(
            path: String,
            exists: Bool = true,
            fileSystem: String? = nil,
            isNoexec: Bool = false,
            freeBytes: Int64? = nil,
            freeNames: Int64? = nil
        ) {
            self.path = path
            self.exists = exists
            self.fileSystem = fileSystem
            self.isNoexec = isNoexec
            self.freeBytes = freeBytes
            self.freeNames = freeNames
        }
    }

    /// A listed program or an interpreter that was looked for.
    public struct Program: Sendable, Equatable {
        /// Its name in the settings.
        public var name: String
        /// Where it was found; nil for nowhere.
        public var path: String?

        /// Makes facts about a program.
        public init(name: String, path: String?) {
            self.name = name
            self.path = path
        }
    }

    /// What the server was started in.
    public var place: MachinePlace
    /// The name by which the place is known outside, for commands there; nil where that is not known.
    public var hostName: String?
    /// The systemd service that the server belongs to; nil for none.
    public var unit: String?
    /// Whether systemd runs the machine or the container.
    public var hasSystemd: Bool
    /// The virtual machine, such as `KVM`; nil for none that can be seen.
    public var virtualMachine: String?
    /// The distribution.
    public var distribution: Distribution
    /// The release of the kernel, as uname(2) says.
    public var kernelRelease: String
    /// The architecture, as uname(2) says.
    public var architecture: String
    /// Whether the server has the user id 0.
    public var isRoot: Bool
    /// Whether its user id 0 is somebody else outside (user_namespaces(7)).
    public var isInUserNamespace: Bool
    /// Whether a system call filter lies over the server already; nil where that can't be seen.
    public var isFiltered: Bool?
    /// The kernel's Landlock ABI; 0 for none.
    public var landlockABI: Int
    /// The kernel's active security modules; nil where they can't be seen.
    public var securityModules: [String]?
    /// What the kernel's settings say about user namespaces.
    public var userNamespaces: UserNamespaces
    /// What is mounted over parts of `/proc`.
    public var mountsOverProc: [String]
    /// What the kernel says about AppArmor.
    public var appArmor: AppArmor
    /// The control groups.
    public var controlGroups: ControlGroups
    /// `SANDBOX_ROOT`; nil where nothing was looked at.
    public var workspace: Folder?
    /// `TEMP_DIR`; nil where nothing was looked at.
    public var temporary: Folder?
    /// The most bytes of a workspace (`WORKSPACE_MAX_MB`).
    public var workspaceLimit: Int64?
    /// The Python interpreter; nil where none was looked for.
    public var python: Program?
    /// An interpreter that is there and is taken only when it is named; nil for none.
    public var otherPython: String?
    /// The listed programs.
    public var programs: [Program]
    /// What the kernel reads the time from; nil where that can't be seen.
    public var clockSource: String?

    /// Makes facts; what is left out is as on a bare host about which nothing else is known.
    public init(
        place: MachinePlace = .host,
        hostName: String? = nil,
        unit: String? = nil,
        hasSystemd: Bool = false,
        virtualMachine: String? = nil,
        distribution: Distribution = Distribution(),
        kernelRelease: String = "",
        architecture: String = "",
        isRoot: Bool = false,
        isInUserNamespace: Bool = false,
        isFiltered: Bool? = nil,
        landlockABI: Int = 0,
        securityModules: [String]? = nil,
        userNamespaces: UserNamespaces = UserNamespaces(),
        mountsOverProc: [String] = [],
        appArmor: AppArmor = AppArmor(),
        controlGroups: ControlGroups = ControlGroups(),
        workspace: Folder? = nil,
        temporary: Folder? = nil,
        workspaceLimit: Int64? = nil,
        python: Program? = nil,
        otherPython: String? = nil,
        programs: [Program] = [],
        clockSource: String? = nil
    ) {
        self.place = place
        self.hostName = hostName
        self.unit = unit
        self.hasSystemd = hasSystemd
        self.virtualMachine = virtualMachine
        self.distribution = distribution
        self.kernelRelease = kernelRelease
        self.architecture = architecture
        self.isRoot = isRoot
        self.isInUserNamespace = isInUserNamespace
        self.isFiltered = isFiltered
        self.landlockABI = landlockABI
        self.securityModules = securityModules
        self.userNamespaces = userNamespaces
        self.mountsOverProc = mountsOverProc
        self.appArmor = appArmor
        self.controlGroups = controlGroups
        self.workspace = workspace
        self.temporary = temporary
        self.workspaceLimit = workspaceLimit
        self.python = python
        self.otherPython = otherPython
        self.programs = programs
        self.clockSource = clockSource
    }

    /// The first two numbers of the kernel's release; zeros where it has none.
    var kernelVersion: (major: Int, minor: Int) {
        let numbers = kernelRelease.split { !$0.isNumber }.prefix(2).map { Int($0) ?? 0 }
        return (numbers.first ?? 0, numbers.count > 1 ? numbers[1] : 0)
    }

    /// Whether the kernel is as new as a version, or newer.
    func hasKernel(_ major: Int, _ minor: Int) -> Bool {
        kernelVersion >= (major, minor)
    }
}
