// SPDX-License-Identifier: Apache-2.0

/// What a sandbox is made from.
public struct SandboxConfiguration: Sendable {
    /// Which level is wanted.
    public enum Requirement: Sendable, Equatable {
        /// The strongest that works here and keeps its promises.
        case strongest
        /// This one or none at all.
        case exactly(SandboxLevel)
    }

    /// A kind of child: what it sees and the sizes of what it has of its own.
    public struct Kind: Sendable {
        /// What it sees.
        public var view: RuntimeView
        /// Bytes of its /tmp.
        public var temporaryBytes: Int
        /// Names in its /tmp.
        public var temporaryNames: Int
        /// Bytes of its /dev/shm; nil for none.
        public var sharedMemoryBytes: Int?
        /// Whether memory that was written can't become executable (prctl(2) PR_SET_MDWE, Linux 6.3); ends just-in-time
        /// compilers.
        public var forbidsNewCode: Bool
        /// The AppArmor profile that is stacked on children where it is loaded; nil for none.
        public var profile: String?

        /// Makes a kind; the sizes default to those of the documentation.
        public init(
            view: RuntimeView,
            temporaryBytes: Int = 64 << 20,
            temporaryNames: Int = 4096,
            sharedMemoryBytes: Int? = 16 << 20,
            forbidsNewCode: Bool = false,
            profile: String? = nil
        ) {
            self.view = view
            self.temporaryBytes = temporaryBytes
            self.temporaryNames = temporaryNames
            self.sharedMemoryBytes = sharedMemoryBytes
            self.forbidsNewCode = forbidsNewCode
            self.profile = profile
        }
    }

    /// Which level is wanted.
    public var requirement: Requirement
    /// The kinds of children, by number below 16.
    public var kinds: [UInt32: Kind]
    /// The sandbox root on the host.
    public var workspace: String
    /// The read-only folder on the host that children see as `/data`.
    public var data: String?
    /// A folder of the server's on the host that no child can see; for canaries and for private folders of calls.
    public var temporary: String
    /// Tells whether the workspace is over its quota; asked on a thread that may block, while calls run.
    public var isWorkspaceFull: (@Sendable () -> Bool)?
    /// Bytes of files without a name that a call may hold open on the workspace's device: they are in no count of
    /// the workspace.
    public var unnamedBytes = 1 << 30
    /// The ways that may be taken to confine signals at level `filtered`; fewer only to test one of them alone.
    ///
    /// With none of them the sandbox does not start.
    var signalWays = SignalWays.all
    /// Whether calls get control groups.
    var groupUse = GroupUse.automatic
    /// Told each time that the launcher ended and was started again.
    public var onRestart: (@Sendable () -> Void)?

    /// Makes a configuration.
    public init(
        requirement: Requirement = .strongest,
        kinds: [UInt32: Kind],
        workspace: String,
        data: String? = nil,
        temporary: String,
        isWorkspaceFull: (@Sendable () -> Bool)? = nil
    ) {
        self.requirement = requirement
        self.kinds = kinds
        self.workspace = workspace
        self.data = data
        self.temporary = temporary
        self.isWorkspaceFull = isWorkspaceFull
    }
}
