// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc
internal import Synchronization

/// Finds out by doing whether a level can be had: starts a launcher at it, and in a throw-away child tries
/// everything that must be refused.
struct Trial: Sendable {
    let level: SandboxLevel
    let identity: ChildIdentity
    let configuration: SandboxConfiguration
    let reactor: Reactor
    let threads: BlockingThreads
    /// What the launcher is started behind, if anything.
    var wall: Wall?
    /// The only profiles that may be attached, by kind; nil for all that the kinds name.
    var allowedProfiles: [UInt32: String]?

    private static let patience = Duration.seconds(10)

    /// - Returns: The ready launcher, and what the kernel confirmed.
    /// - Throws: ``SandboxError`` that tells what failed or what was possible although it must not be.
    func run() async throws(SandboxError) -> (LauncherLink, EnforcementReport) {
        guard level != .none, configuration.groupUse != .never else {
            return try await run(in: .failure(GroupPlace.Absence("no control groups are wanted")))
        }
        let needsLimits = configuration.groupUse == .automatic
        var failure = ""
        for attempt in 1...2 {
            let made: Result<GroupTree, GroupPlace.Absence>
            do {
                made = try await threads.run { () throws(GroupPlace.Absence) in
                    try GroupTree.make(needsLimits: needsLimits)
                }
            } catch {
                made = .failure(GroupPlace.Absence("no thread could be had to look for control groups"))
            }
            do throws(SandboxError) {
                return try await run(in: made)
            } catch {
                guard case .success(let tree) = made else { throw error }
                failure = error.message
                // What can't be removed now is a leftover for the next start.
                _ = try? await threads.run { tree.remove() }
                // A machine under load may have been too slow, which is no reason to do without.
                guard error.code == .launcherLost, attempt == 1 else { break }
            }
        }
        // Whether the groups are to blame shows when it is tried without.
        return try await run(in: .failure(GroupPlace.Absence("the probe failed in one: \(failure)")))
    }

    private func run(
        in groups: Result<GroupTree, GroupPlace.Absence>
    ) async throws(SandboxError) -> (LauncherLink, EnforcementReport) {
        let tree = try? groups.get()
        let canary = try Canary(folder: configuration.temporary)
        defer { canary.remove() }
        var profiles = AppArmorProfiles(wanted: wantedProfiles)
        let connection: LauncherConnection
        (connection, profiles.found) = try await connect(profiles, hasGroups: tree != nil)
        let folders =
            level.hasOwnRoot ? nil : PrivateFolders(parent: configuration.temporary, threads: threads)
        let link = LauncherLink(
            connection: connection,
            level: level,
            reactor: reactor,
            childOwner: identity,
            privateFolders: folders,
            groups: tree.map { GroupPool(tree: $0) },
            helper: level == .none ? nil : wall?.helper,
        )
        if level == .none {
            await attach(link)
            return (link, unconfinedReport)
        }
        do throws(SandboxError) {
            let findings = try await probe(link, canary)
            try check(tree, findings)
            return (link, report(findings, Grouping(groups), profiles, connection.surroundings?.findings))
        } catch {
            reactor.submit { link.end() }
            throw error
        }
    }

    private func attach(_ link: LauncherLink) async {
        await withCheckedContinuation { continuation in
            let submitted = reactor.submit {
                link.attach()
                continuation.resume()
            }
            if !submitted { continuation.resume() }
        }
    }

    private var unconfinedReport: EnforcementReport {
        let reason = "the server was started with --unsafe-no-sandbox"
        let statuses = Mechanism.allCases.map { ($0, EnforcementReport.Status.unavailable(reason: reason)) }
        return EnforcementReport(
            level: .none,
            statuses: Dictionary(statuses) { first, _ in first },
            reducedPromises: ["Nothing is promised: programs run with the rights of the server."],
        )
    }

    private var wantedProfiles: [UInt32: String] {
        guard level != .none else { return [:] }
        let named = configuration.kinds.compactMapValues(\.profile)
        guard let allowedProfiles else { return named }
        return named.filter { allowedProfiles[$0.key] == $0.value }
    }

    private func connect(_ profiles: AppArmorProfiles, hasGroups: Bool) async throws(SandboxError)
        -> (LauncherConnection, profiles: [UInt32: UInt32])
    {
        var messages = configuration.kinds.mapValues { kind in
            ViewMessage(
                view: kind.view,
                tmpBytes: kind.temporaryBytes,
                tmpNames: kind.temporaryNames,
                sharedMemoryBytes: kind.sharedMemoryBytes,
                forbidsNewCode: kind.forbidsNewCode
            )
        }
        if AppArmorProfiles.isInKernel {
            for (kind, profile) in profiles.wanted { messages[kind]?.profile = profile }
        }
        let (level, identity, views) = (level, identity, messages)
        let signalWays = configuration.signalWays
        let wall = level == .none ? nil : wall
        let answer: Result<(LauncherConnection, profiles: [UInt32: UInt32]), SandboxError>
        do {
            answer = try await threads.run { () throws(SandboxError) in
                try LauncherLink.connect(
                    level: level,
                    identity: identity,
                    signalWays: signalWays,
                    hasGroups: hasGroups,
                    views: views,
                    wall: wall
                )
            }
        } catch {
            throw SandboxError(.exhausted, "no thread could be had to start the launcher")
        }
        return try answer.get()
    }

    private struct Findings {
        var layers: UInt32
        var landlockABI: UInt32
        var breaches: UInt32
        var confirmed: UInt32
        var isAccounting: Bool
    }

    private func probe(_ link: LauncherLink, _ canary: Canary) async throws(SandboxError) -> Findings {
        guard let kind = configuration.kinds.keys.min() else {
            throw SandboxError(.badConfiguration, "a sandbox needs at least one kind of child")
        }
        let workspace = level == .filtered ? configuration.workspace : "/workspace"
        var message = WireWriter(CMCP_REQUEST_PROBE)
        message.write(canary.file)
        message.write(canary.outside)
        message.write(canary.socket)
        message.write(workspace)
        message.write(getpid())
        let bytes = message.bytes
        let answer: Result<Findings, SandboxError> = await withCheckedContinuation { continuation in
            let waiter = ProbeWaiter { continuation.resume(returning: $0) }
            let submitted = reactor.submit { [reactor] in
                link.attach()
                waiter.begin(
                    link: link,
                    kind: kind,
                    message: bytes,
                    reactor: reactor,
                    patience: Self.patience
                )
            }
            if !submitted { waiter.answer(.failure(SandboxError(.launcherLost, "the sandbox is stopped"))) }
        }
        let findings = try answer.get()
        let breaches = Self.breachTexts.filter { findings.breaches & $0.bit.rawValue != 0 }.map(\.text)
        guard breaches.isEmpty else {
            throw SandboxError(.unavailable, "the probe \(breaches.joined(separator: ", and "))")
        }
        return findings
    }

    private static let breachTexts: [(bit: cmcp_breach, text: String)] = [
        (CMCP_BREACH_READ_CANARY, "could read a file outside its view"),
        (CMCP_BREACH_WRITE_OUTSIDE, "could write outside its workspace"),
        (CMCP_BREACH_INET_SOCKET, "could open a network socket"),
        (CMCP_BREACH_UNIX_CONNECT, "could connect to a Unix socket of the host"),
        (CMCP_BREACH_SIGNAL_SERVER, "could signal the server"),
        (CMCP_BREACH_SIGNAL_SUPERVISOR, "could signal its supervisor"),
        (CMCP_BREACH_OWN_SIGNALS, "could not signal a process of its own"),
        (CMCP_BREACH_USER_NAMESPACE, "could create a user namespace"),
        (CMCP_BREACH_MOUNT, "could mount"),
        (CMCP_BREACH_PTRACE, "could use ptrace"),
        (CMCP_BREACH_MEMFD, "could create an anonymous memory file"),
        (CMCP_BREACH_CAPABILITIES, "held capabilities"),
        (CMCP_BREACH_NEW_PRIVS, "could gain privileges by execve"),
        (CMCP_BREACH_NO_FILTER, "had no system call filter"),
        (CMCP_BREACH_UID_ZERO, "could become root"),
        (CMCP_BREACH_DESCRIPTOR, "inherited a descriptor"),
        (
            CMCP_BREACH_WORKSPACE,
            "could not write the workspace: its folder, and each folder above it, must let the user id of children through"
        ),
    ]

    /// Waits for a probe's answer on the reactor's thread.
    ///
    /// Sendable because its variables are touched there only, save the answer, which is guarded.
    private final class ProbeWaiter: @unchecked Sendable {
        private let deliver: @Sendable (Result<Findings, SandboxError>) -> Void
        private let isAnswered = Mutex(false)
        private var supervisor: Supervisor?
        private var layers: (UInt32, UInt32)?
        private var isAccounting = false

        init(deliver: @escaping @Sendable (Result<Findings, SandboxError>) -> Void) {
            self.deliver = deliver
        }

        func answer(_ result: Result<Findings, SandboxError>) {
            let isFirst = isAnswered.withLock { answered in
                defer { answered = true }
                return !answered
            }
            if isFirst { deliver(result) }
        }

        func begin(link: LauncherLink, kind: UInt32, message: [UInt8], reactor: Reactor, patience: Duration) {
            do throws(SandboxError) {
                let supervisor = try link.supervisor(for: kind)
                self.supervisor = supervisor
                // The supervisor, the probe and one more: the probe sees to it that there is no room for another.
                try supervisor.group?.limit(memory: 256 << 20, processes: 2)
                supervisor.onEvent = { event in self.handle(event, link) }
                if !supervisor.send(message, []) {
                    finish(link, .failure(SandboxError(.launcherLost, "the probe could not be sent")))
                }
            } catch {
                answer(.failure(error))
            }
            reactor.schedule(after: patience) {
                self.finish(link, .failure(SandboxError(.launcherLost, "the probe did not answer")))
            }
        }

        private func handle(_ event: Supervisor.Event, _ link: LauncherLink) {
            switch event {
            case .ready(let layers, let abi):
                self.layers = (layers, abi)
                isAccounting = supervisor?.group?.isAccounting ?? false
            case .probed(let breaches, let confirmed):
                let (layers, abi) = layers ?? (0, 0)
                let findings = Findings(
                    layers: layers,
                    landlockABI: abi,
                    breaches: breaches,
                    confirmed: confirmed,
                    isAccounting: isAccounting
                )
                finish(link, .success(findings))
            case .failed(let error):
                finish(link, .failure(error))
            case .hungUp, .gone:
                finish(link, .failure(SandboxError(.launcherLost, "the probe ended without an answer")))
            case .exited:
                return
            }
        }

        private func finish(_ link: LauncherLink, _ result: Result<Findings, SandboxError>) {
            guard let supervisor else { return }
            self.supervisor = nil
            supervisor.kill()
            link.retire(supervisor)
            answer(result)
        }
    }

    /// A group whose limits do nothing must not be counted on.
    private func check(_ tree: GroupTree?, _ findings: Findings) throws(SandboxError) {
        guard let tree else { return }
        guard findings.isAccounting || !tree.controllers.contains("memory") else {
            throw SandboxError(.unavailable, "memory was not accounted to the control group of the probe")
        }
        guard findings.confirmed & CMCP_LAYER_PIDS.rawValue != 0 || !tree.controllers.contains("pids") else {
            throw SandboxError(.unavailable, "the probe had more processes than its control group allows")
        }
    }

    private func report(
        _ findings: Findings,
        _ grouping: Grouping,
        _ profiles: AppArmorProfiles,
        _ around: WallFindings?
    ) -> EnforcementReport {
        var statuses: [Mechanism: EnforcementReport.Status] = [:]
        let layers: [(Mechanism, cmcp_layer)] = [
            (.userNamespace, CMCP_LAYER_USER), (.mountNamespace, CMCP_LAYER_MOUNT),
            (.pidNamespace, CMCP_LAYER_PID),
            (.privateProc, CMCP_LAYER_PROC), (.networkNamespace, CMCP_LAYER_NET),
            (.ipcNamespace, CMCP_LAYER_IPC),
            (.utsNamespace, CMCP_LAYER_UTS), (.cgroupNamespace, CMCP_LAYER_CGROUP),
            (.unprivilegedUser, CMCP_LAYER_OUTER_ID),
        ]
        for (mechanism, layer) in layers {
            let isIn = findings.layers & layer.rawValue != 0
            statuses[mechanism] = isIn ? .enforced : .unavailable(reason: absence(of: mechanism))
        }
        let confirmed: [(Mechanism, cmcp_layer)] = [
            (.seccomp, CMCP_LAYER_SECCOMP), (.capabilities, CMCP_LAYER_CAPABILITIES),
            (.noNewPrivs, CMCP_LAYER_NO_NEW_PRIVS),
        ]
        for (mechanism, layer) in confirmed {
            let isIn = findings.layers & findings.confirmed & layer.rawValue != 0
            statuses[mechanism] = isIn ? .enforced : .unavailable(reason: "the kernel did not confirm it")
        }
        let way = SignalWay(layers: findings.layers)
        statuses[.signalScope] = way?.status ?? .unavailable(reason: "the kernel did not confirm it")
        statuses[.landlock] = landlockStatus(Int(findings.landlockABI))
        statuses[.rlimits] = .enforced
        statuses[.treeMemory] = grouping.memoryStatus
        statuses[.cgroup] = grouping.status
        statuses[.appArmor] = profiles.status
        statuses[.commandAllowList] = allowListStatus(findings.layers)
        if !identity.differs {
            statuses[.unprivilegedUser] = .partial(
                missing: "the server is an ordinary user, and children are the same one"
            )
        }
        return EnforcementReport(
            level: level,
            statuses: statuses,
            reducedPromises: reducedPromises(grouping) + (way?.reducedPromises ?? []),
            landlockABI: Int(findings.landlockABI),
            profiles: profiles.enforced,
            signalWay: way,
            wall: around.flatMap { wall?.report($0) },
        )
    }

    private func absence(of mechanism: Mechanism) -> String {
        switch (level, mechanism) {
        case (.filtered, _): "user namespaces are refused here or were not asked for"
        case (.noproc, .privateProc): "mounting /proc is refused here or was not asked for"
        default: "the kernel did not confirm it"
        }
    }

    private func allowListStatus(_ layers: UInt32) -> EnforcementReport.Status {
        if !level.hasOwnRoot {
            return .partial(missing: "programs that a child brings along can run through the loader")
        }
        let isWanted = configuration.kinds.values.contains(where: \.forbidsNewCode)
        guard isWanted, layers & CMCP_LAYER_NO_NEW_CODE.rawValue == 0 else { return .enforced }
        return .partial(missing: "a listed program can execute memory that it wrote (Linux before 6.3)")
    }

    private func landlockStatus(_ abi: Int) -> EnforcementReport.Status {
        switch abi {
        case ..<1: .unavailable(reason: "the kernel has no Landlock")
        case 1...2: .partial(missing: "truncation (ABI \(abi))")
        case 3: .partial(missing: "TCP (ABI 3)")
        case 4...5: .partial(missing: "scopes (ABI \(abi))")
        default: .enforced
        }
    }

    private func reducedPromises(_ grouping: Grouping) -> [String] {
        switch level {
        case .full, .none: return []
        case .noproc: return ["There is no /proc: process substitution and /dev/fd do not work."]
        case .filtered:
            let shared = """
                P7: Processes count together for user id \(identity.user) (RLIMIT_NPROC), not for each call: give the \
                container a limit of its own.
                """
            return [
                "Programs that a child brings along can run through the loader, unless the workspace is mounted noexec.",
                "P7: Temporary folders are limited by file size, and in all by a look each second.",
            ] + (grouping.limitsProcesses ? [] : [shared]) + [
                "Children see the workspace under its path on this machine."
            ]
        }
    }
}
