// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc

/// The thread that waits for the kernel's events and for orders, and publishes what changed.
final class WatchThread: Sendable {
    /// Events are taken in batches at least this far apart, and four times as far as the last one took.
    ///
    /// So code that changes folders without end costs a fifth of one processor at most.
    private static let pause = Duration.milliseconds(20)
    /// How far apart news of the list are at least.
    private static let listPause = Duration.milliseconds(200)
    /// How far apart attempts are to watch what could not be watched.
    private static let repairPause = Duration.seconds(1)

    private let queue: WatchQueue
    private let roots: [SandboxPath.Root: RootDirectory]
    private let endings: Set<String>
    private let tell: @Sendable (Change) -> Void

    private init(
        _ queue: WatchQueue,
        _ roots: [SandboxPath.Root: RootDirectory],
        _ endings: Set<String>,
        _ publish: @escaping @Sendable (Change) -> Void
    ) {
        self.queue = queue
        self.roots = roots
        self.endings = endings
        tell = publish
    }

    /// Starts a thread, which ends when its queue is stopped; false when the system has none left.
    static func start(
        serving queue: WatchQueue,
        roots: [SandboxPath.Root: RootDirectory],
        endings: Set<String>,
        publish: @escaping @Sendable (Change) -> Void
    ) -> Bool {
        let retained = unsafe Unmanaged.passRetained(WatchThread(queue, roots, endings, publish))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<WatchThread>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            retained.toOpaque()
        )
        guard result == 0 else {
            unsafe retained.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// What the loop knows from one round to the next.
    private struct Round {
        var tree: WatchTree?
        var isListChanged = false
        var nextEvents = ContinuousClock.now
        var nextList = ContinuousClock.now
        var nextRepair = ContinuousClock.now
    }

    private func run() {
        // Signals are for the threads that expect them.
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        var round = Round()
        while let jobs = queue.take() {
            for job in jobs { job.continuation.resume(returning: carryOut(job.order, &round)) }
            takeEvents(&round)
            publishList(&round)
            wait(round)
        }
    }

    private func carryOut(_ order: WatchQueue.Order, _ round: inout Round) -> Bool {
        if round.tree == nil {
            round.tree = Inotify().map { WatchTree(roots: roots, endings: endings, inotify: $0) }
        }
        switch order {
        case .watch(let uri, let path):
            return round.tree?.watch(uri, at: path) ?? false
        case .unwatch(let uri):
            round.tree?.unwatch(uri)
            return true
        case .watchList:
            return round.tree?.watchList() ?? false
        case .unwatchList:
            round.tree?.unwatchList()
            return true
        }
    }

    private func takeEvents(_ round: inout Round) {
        let start = ContinuousClock.now
        guard start >= round.nextEvents, let events = round.tree?.inotify.read() else { return }
        if !events.isEmpty, let news = round.tree?.take(events) { publish(news, &round) }
        if round.tree?.needsRepair == true, start >= round.nextRepair {
            if let news = round.tree?.repair() { publish(news, &round) }
            round.nextRepair = ContinuousClock.now.advanced(by: Self.repairPause)
        }
        let end = ContinuousClock.now
        let time = start.duration(to: end)
        round.nextEvents = events.isEmpty ? end : end.advanced(by: max(Self.pause, time * 4))
    }

    private func publish(_ news: WatchNews, _ round: inout Round) {
        for uri in news.uris { tell(.resource(uri: uri)) }
        if news.changesList { round.isListChanged = true }
    }

    private func publishList(_ round: inout Round) {
        guard round.isListChanged, ContinuousClock.now >= round.nextList else { return }
        round.isListChanged = false
        round.nextList = ContinuousClock.now.advanced(by: Self.listPause)
        tell(.resources)
    }

    /// Waits for an order, for events if it is time for them, or until something else is due.
    private func wait(_ round: Round) {
        let now = ContinuousClock.now
        let takesEvents = now >= round.nextEvents
        var due: [ContinuousClock.Instant] = []
        if !takesEvents { due.append(round.nextEvents) }
        if round.isListChanged { due.append(round.nextList) }
        if round.tree?.needsRepair == true { due.append(max(round.nextRepair, round.nextEvents)) }
        var timeout: Int32 = -1
        if let first = due.min() {
            let (seconds, attoseconds) = min(max(now.duration(to: first), .zero), .seconds(60)).components
            // Rounded up, so that it is due when the wait is over.
            timeout = Int32(seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
        }
        var entries = [pollfd(fd: queue.wakeEnd, events: Int16(POLLIN), revents: 0)]
        if takesEvents, let inotify = round.tree?.inotify {
            entries.append(pollfd(fd: inotify.descriptor, events: Int16(POLLIN), revents: 0))
        }
        // Interrupted or not, the next round looks at everything.
        _ = unsafe poll(&entries, nfds_t(entries.count), timeout)
    }
}
