// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// A ready launcher on the reactor's thread: asks for supervisors, keeps a few parked, and notices its death.
///
/// Sendable because everything but the constants is touched on the reactor's thread only.
final class LauncherLink: ReactorHandler, @unchecked Sendable {
    /// How many supervisors wait ready for each view.
    private static let parkedCount = 2

    let level: SandboxLevel
    private let connection: LauncherConnection
    private let reactor: Reactor
    let childOwner: ChildIdentity
    private let privateFolders: PrivateFolders?
    private let groups: GroupPool?
    /// What built the wall, if there is one.
    private let helper: HelperFile?
    private(set) var isLost = false
    private var isWatched = false
    private var unanswered: [Supervisor] = []
    private var parked: [UInt32: [Supervisor]] = [:]
    /// Told once when the launcher is gone.
    ///
    /// Set on the reactor's thread.
    var onLoss: (@Sendable (LauncherLink) -> Void)?

    init(
        connection: LauncherConnection,
        level: SandboxLevel,
        reactor: Reactor,
        childOwner: ChildIdentity,
        privateFolders: PrivateFolders?,
        groups: GroupPool? = nil,
        helper: HelperFile? = nil
    ) {
        self.connection = connection
        self.level = level
        self.reactor = reactor
        self.childOwner = childOwner
        self.privateFolders = privateFolders
        self.groups = groups
        self.helper = helper
    }

    /// Starts a launcher at a level and gives it the views.
    ///
    /// Blocks for a few milliseconds; behind a wall, for as long as that takes to build.
    ///
    /// - Parameters:
    ///   - level: What it shall reach.
    ///   - identity: Who children are.
    ///   - signalWays: What may keep the signals of calls inside them.
    ///   - hasGroups: Whether each supervisor joins a control group of its own.
    ///   - views: What they see.
    ///   - wall: What it is started behind, if anything.
    /// - Returns: The connection, and for each view with an AppArmor profile what became of it.
    /// - Throws: ``SandboxError`` that tells which step failed.
    static func connect(
        level: SandboxLevel,
        identity: ChildIdentity,
        signalWays: SignalWays = .all,
        hasGroups: Bool = false,
        views: [UInt32: ViewMessage],
        wall: Wall? = nil
    ) throws(SandboxError) -> (LauncherConnection, profiles: [UInt32: UInt32]) {
        let connection: LauncherConnection
        if let wall {
            let contents = try WallContents(views: views.values.map(\.view))
            connection = try LauncherConnection.open(behind: wall, contents, level: level)
        } else {
            connection = try LauncherConnection.open()
        }
        var profiles: [UInt32: UInt32] = [:]
        do {
            var configure = WireWriter(CMCP_REQUEST_CONFIGURE)
            configure.write(level.wireValue)
            configure.write(identity.user)
            configure.write(identity.group)
            let changesID = identity.differs && level != .none
            var flags = changesID ? CMCP_CONFIGURE_CHANGES_ID.rawValue : 0
            flags |= hasGroups ? CMCP_CONFIGURE_GROUPS.rawValue : 0
            configure.write(flags | signalWays.wireFlags)
            try connection.ask(configure)
            for (id, view) in views.sorted(by: { $0.key < $1.key }) {
                let state = try connection.ask(view.encoded(id: id, level: level))
                if view.profile != nil { profiles[id] = state }
            }
            try connection.ask(WireWriter(CMCP_REQUEST_SEAL))
        } catch {
            connection.end()
            throw error
        }
        return (connection, profiles)
    }

    /// Whether nothing speaks against giving it a call; on any thread.
    var isRunning: Bool { connection.isRunning }

    /// Begins to listen.
    ///
    /// On the reactor's thread.
    func attach() {
        isWatched = reactor.watch(connection.socket.number, readable: true, writable: false, self)
        if !isWatched { lose() }
    }

    /// A supervisor for a view: a parked one, or a new one that gets ready meanwhile.
    func supervisor(for view: UInt32) throws(SandboxError) -> Supervisor {
        // Without what built the wall nothing runs, not even behind a wall that still stands.
        try helper?.checkUnchanged()
        while let candidate = parked[view]?.popLast() {
            guard candidate.isUsable else {
                candidate.kill()
                retire(candidate)
                continue
            }
            return candidate
        }
        return try prepare(view)
    }

    /// Fills up the parked supervisors of a view.
    func park(_ view: UInt32) {
        guard level.hasOwnRoot, !isLost else { return }
        while parked[view, default: []].count < Self.parkedCount {
            // The next call meets the same error and tells it.
            guard let fresh = try? prepare(view) else { return }
            parked[view, default: []].append(fresh)
        }
    }

    private func prepare(_ view: UInt32) throws(SandboxError) -> Supervisor {
        guard !isLost else { throw SandboxError(.launcherLost, "the launcher is gone") }
        let pair = try Descriptor.socketPair()
        var descriptors = [pair.child.number]
        var folder: Descriptor?
        var folderPath: String?
        if let privateFolders {
            let made = try privateFolders.make(owner: childOwner)
            folderPath = made.path
            folder = made.descriptor
            descriptors.append(made.descriptor.number)
        }
        let group = try groups?.take()
        if let group { descriptors.append(group.folder.number) }
        let supervisor = Supervisor(
            control: pair.server,
            view: view,
            privateFolder: folderPath,
            group: group,
            reactor: reactor
        )
        if !level.hasOwnRoot { supervisor.countsForUser = childOwner.user }
        guard reactor.watch(pair.server.number, readable: true, writable: false, supervisor) else {
            if let group { groups?.give(back: group) }
            throw .exhausted("an epoll entry", errno)
        }
        var request = WireWriter(group == nil ? CMCP_REQUEST_PREPARE : CMCP_REQUEST_PREPARE_IN_GROUP)
        request.write(view)
        let sent = withExtendedLifetime(folder) { connection.send(request.bytes, descriptors) }
        guard sent else {
            supervisor.release()
            if let group { groups?.give(back: group) }
            throw SandboxError(
                .launcherLost,
                "the launcher does not take requests: \(SandboxError.errorText(errno))"
            )
        }
        unanswered.append(supervisor)
        return supervisor
    }

    /// Gives back what a call used.
    func retire(_ supervisor: Supervisor) {
        supervisor.release()
        if let group = supervisor.takeGroup() { groups?.give(back: group) }
        if let folder = supervisor.privateFolder { privateFolders?.remove(folder) }
    }

    /// Ends the launcher and every call.
    func end() {
        isLost = true
        if isWatched { reactor.unwatch(connection.socket.number) }
        for supervisor in parked.values.joined() { retire(supervisor) }
        parked = [:]
        connection.end()
        groups?.remove()
    }

    func isReady(_ descriptor: Int32, readable: Bool, writable: Bool) {
        while true {
            guard let reply = LauncherConnection.receive(from: connection.socket) else {
                guard errno == EAGAIN else { return lose() }
                return
            }
            guard !reply.bytes.isEmpty, !unanswered.isEmpty else { return lose() }
            let supervisor = unanswered.removeFirst()
            var reader = WireReader(reply.bytes[...])
            if reader.readUInt32() == CMCP_REPLY_DONE.rawValue, let pidfd = reply.descriptors.first {
                supervisor.adopt(pidfd)
            } else {
                let step = reader.readUInt32() ?? 0
                let error = Int32(truncatingIfNeeded: reader.readUInt32() ?? 0)
                supervisor.onEvent?(.failed(.failedStep(step, error)))
            }
        }
    }

    private func lose() {
        guard !isLost else { return }
        let orphans = unanswered
        unanswered = []
        isLost = true
        // First of all, so that calls that come meanwhile get a new one: ending this one takes its time.
        onLoss?(self)
        end()
        for supervisor in orphans {
            supervisor.onEvent?(.failed(SandboxError(.launcherLost, "the launcher ended")))
        }
    }
}
