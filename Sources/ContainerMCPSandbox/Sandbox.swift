// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc
public import Logging
internal import Synchronization

/// The sandbox: one launcher process, the thread that talks to it, and what the probe found.
///
/// Made by ``start(_:logger:)``, which refuses rather than weaken a promise. When the launcher dies, running calls
/// fail and the next call starts it anew at the same level, never at a weaker one.
public final class Sandbox: ProcessRunner {
    /// What is in force for every child.
    public let report: EnforcementReport
    /// The user that children are.
    public let identity: ChildIdentity
    private let configuration: SandboxConfiguration
    private let reactor: Reactor
    private let threads: BlockingThreads
    private let wall: Wall?
    private let logger: Logger
    private let state: Mutex<State>

    private struct State {
        var link: LauncherLink?
        var restart: Task<LauncherLink?, Never>?
        var isOver = false
        var runs: [UInt64: ConfinedRun] = [:]
        var nextRun: UInt64 = 0
        var isWatchingQuota = false
    }

    private init(
        report: EnforcementReport,
        identity: ChildIdentity,
        configuration: SandboxConfiguration,
        reactor: Reactor,
        threads: BlockingThreads,
        wall: Wall?,
        logger: Logger
    ) {
        self.report = report
        self.identity = identity
        self.configuration = configuration
        self.reactor = reactor
        self.threads = threads
        self.wall = wall
        self.logger = logger
        state = Mutex(State())
    }

    deinit {
        let link = state.withLock { $0.link }
        reactor.submit { link?.end() }
        reactor.stop()
        threads.shutdown()
    }

    /// The workspace as a child sees it.
    public var workspacePath: String {
        report.level.hasOwnRoot ? "/workspace" : configuration.workspace
    }

    /// The data folder as a child sees it.
    public var dataPath: String {
        report.level.hasOwnRoot ? "/data" : configuration.data ?? "/data"
    }

    /// Starts the launcher, tries what must be refused, and takes the strongest level that holds.
    ///
    /// - Parameters:
    ///   - configuration: Views, folders and the wanted level.
    ///   - logger: Where trouble with the launcher is told.
    /// - Returns: It, ready to run.
    /// - Throws: ``SandboxError`` with code `unavailable` that tells for each level why it can't be had.
    public static func start(_ configuration: SandboxConfiguration, logger: Logger) async throws(SandboxError)
        -> Sandbox
    {
        let identity = ChildIdentity(workspace: configuration.workspace)
        let threads = BlockingThreads(limit: 4, waiting: 256)
        let wall = try await findWall(configuration, threads)
        let wanted: [SandboxLevel]
        switch configuration.requirement {
        case .strongest: wanted = wall == nil ? [.full, .noproc, .filtered] : [.full, .noproc]
        case .exactly(.filtered) where wall != nil:
            // Without a pid namespace for each call, what a call leaves behind would become the wall's.
            throw SandboxError(
                .unavailable,
                "filtered: behind a wall of \(configuration.backend.rawValue) there are the levels full and noproc only"
            )
        case .exactly(let level): wanted = [level]
        }
        let reactor = try Reactor.start()
        var reasons: [String] = []
        for level in wanted {
            do {
                let trial = Trial(
                    level: level,
                    identity: identity,
                    configuration: configuration,
                    reactor: reactor,
                    threads: threads,
                    wall: wall,
                )
                let (link, report) = try await trial.run()
                let sandbox = Sandbox(
                    report: report,
                    identity: identity,
                    configuration: configuration,
                    reactor: reactor,
                    threads: threads,
                    wall: wall,
                    logger: logger,
                )
                sandbox.install(link)
                return sandbox
            } catch {
                reasons.append("\(level.rawValue): \(error.message)")
                logger.debug(
                    "sandbox level can't be had",
                    metadata: ["level": "\(level.rawValue)", "why": "\(error)"]
                )
                // It says nothing about the level, and a machine that is slow for now must not get a weaker one.
                if error.code == .launcherAbsent { break }
            }
        }
        reactor.stop()
        throw SandboxError(.unavailable, reasons.joined(separator: "; "))
    }

    /// What the launcher is to be started behind, checked.
    private static func findWall(
        _ configuration: SandboxConfiguration,
        _ threads: BlockingThreads
    ) async throws(SandboxError) -> Wall? {
        guard configuration.backend != .native, configuration.requirement != .exactly(.none) else {
            return nil
        }
        let answer: Result<Wall?, SandboxError>
        do {
            answer = try await threads.run { () throws(SandboxError) in
                try Wall.find(configuration.backend, helper: configuration.helper)
            }
        } catch {
            throw SandboxError(.exhausted, "no thread could be had to look at the sandbox helper")
        }
        return try answer.get()
    }

    private func install(_ link: LauncherLink) {
        state.withLock { $0.link = link }
        let kinds = configuration.kinds.keys.sorted()
        reactor.submit { [weak self] in
            link.onLoss = { [weak self] link in self?.forget(link) }
            if link.isLost { self?.forget(link) }
            for kind in kinds { link.park(kind) }
        }
    }

    private func forget(_ link: LauncherLink) {
        logger.error("the sandbox launcher ended; running calls failed and the next call starts it again")
        state.withLock { state in
            if state.link === link { state.link = nil }
        }
    }

    /// Runs a program to its end.
    public func run(_ request: ProcessRequest, as kind: UInt32) async throws(SandboxError) -> ProcessOutcome {
        guard configuration.kinds[kind] != nil else {
            throw SandboxError(.badConfiguration, "there is no kind of child with number \(kind)")
        }
        let link = try await currentLink()
        let number = state.withLock { state in
            state.nextRun &+= 1
            return state.nextRun
        }
        let result: Result<ProcessOutcome, SandboxError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let run = ConfinedRun(request: request, link: link, reactor: reactor) { [weak self] result in
                    self?.remove(number)
                    continuation.resume(returning: result)
                }
                state.withLock { $0.runs[number] = run }
                // A word that came before the run could be found is seen here; a later one finds it.
                let isGivenUp = Task.isCancelled
                let submitted = reactor.submit {
                    if isGivenUp { run.end(.cancelled) }
                    run.begin(view: kind)
                }
                guard submitted else {
                    remove(number)
                    return continuation.resume(
                        returning: .failure(SandboxError(.launcherLost, "the sandbox is stopped"))
                    )
                }
                watchQuota()
            }
        } onCancel: {
            reactor.submit { [weak self] in
                self?.state.withLock { $0.runs[number] }?.end(.cancelled)
            }
        }
        return try result.get()
    }

    private func remove(_ number: UInt64) {
        state.withLock { $0.runs[number] = nil }
    }

    /// The launcher, started again if it was lost.
    ///
    /// One start serves all who wait.
    private func currentLink() async throws(SandboxError) -> LauncherLink {
        enum Found {
            case ready(LauncherLink)
            case restarting(Task<LauncherLink?, Never>)
            case over
        }
        let found: Found = state.withLock { state in
            if state.isOver { return .over }
            if let link = state.link, link.isRunning { return .ready(link) }
            if let restart = state.restart { return .restarting(restart) }
            let restart = Task { await self.restart() }
            state.restart = restart
            return .restarting(restart)
        }
        switch found {
        case .over:
            throw SandboxError(.launcherLost, "the sandbox is stopped")
        case .ready(let link):
            return link
        case .restarting(let restart):
            guard let link = await restart.value else {
                throw SandboxError(.launcherLost, "the sandbox launcher ended and could not be started again")
            }
            return link
        }
    }

    private func restart() async -> LauncherLink? {
        let trial = Trial(
            level: report.level,
            identity: identity,
            configuration: configuration,
            reactor: reactor,
            threads: threads,
            wall: wall,
            allowedProfiles: report.profiles
        )
        var restarted: LauncherLink?
        do {
            let (link, newReport) = try await trial.run()
            if newReport.isEquivalent(to: report) {
                install(link)
                restarted = link
                configuration.onRestart?()
            } else {
                reactor.submit { link.end() }
                logger.error("the sandbox came back with other protection than before; calls stay refused")
            }
        } catch {
            logger.error("the sandbox launcher could not be started again", metadata: ["why": "\(error)"])
        }
        state.withLock { $0.restart = nil }
        return restarted
    }

    /// Looks at what calls take on the disk while they run: 250 ms into one, then each second.
    private func watchQuota() {
        let mustStart = state.withLock { state in
            defer { state.isWatchingQuota = true }
            return !state.isWatchingQuota
        }
        guard mustStart else { return }
        scheduleQuota(after: .milliseconds(250))
    }

    private func scheduleQuota(after delay: Duration) {
        reactor.submit { [weak self] in
            self?.reactor.schedule(after: delay) { [weak self] in
                guard let self else { return }
                let runs = self.state.withLock { state in
                    state.isWatchingQuota = !state.runs.isEmpty
                    return Array(state.runs.values)
                }
                guard !runs.isEmpty else { return }
                let takers = runs.map { DiskUse.Taker(run: $0) }
                Task.detached { [weak self, threads = self.threads, configuration = self.configuration] in
                    // A look that can't be had counts as full: an error inside a check is a refusal.
                    let look = { @Sendable () -> DiskUse in DiskUse(of: takers, configuration) }
                    let use = (try? await threads.run { look() }.get()) ?? DiskUse(isWorkspaceFull: true)
                    self?.reactor.submit { [weak self] in
                        guard let self else { return }
                        if use.isWorkspaceFull {
                            for run in self.state.withLock({ Array($0.runs.values) }) {
                                run.end(.limit(.workspace))
                            }
                        }
                        for run in use.greedy { run.end(.limit(.workspace)) }
                        self.scheduleQuota(after: .seconds(1))
                    }
                }
            }
        }
    }

    /// Ends every call and the launcher.
    ///
    /// Further calls fail.
    public func stop() async {
        let link = state.withLock { state in
            state.isOver = true
            defer { state.link = nil }
            return state.link
        }
        await withCheckedContinuation { continuation in
            let accepted = reactor.submit { [weak self] in
                for run in self?.state.withLock({ Array($0.runs.values) }) ?? [] { run.end(.cancelled) }
                link?.end()
                continuation.resume()
            }
            if !accepted { continuation.resume() }
        }
        reactor.stop()
        threads.shutdown()
    }
}
