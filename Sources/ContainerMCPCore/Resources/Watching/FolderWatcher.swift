// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Synchronization

/// Watches files and the lists of two trees, on a thread of its own that starts with the first wish.
///
/// What changes is told to a closure. The thread ends with ``stop()`` or when the watcher is let go.
final class FolderWatcher: Sendable {
    private enum State {
        case idle
        case running(WatchQueue)
        case stopped
    }

    private let roots: [SandboxPath.Root: RootDirectory]
    private let endings: Set<String>
    private let publish: @Sendable (Change) -> Void
    private let state = Mutex(State.idle)

    init(
        roots: [SandboxPath.Root: RootDirectory],
        endings: Set<String>,
        publish: @escaping @Sendable (Change) -> Void
    ) {
        self.roots = roots
        self.endings = endings
        self.publish = publish
    }

    deinit {
        stop()
    }

    /// Begins to publish `.resource(uri)` when the file changes, appears or goes away; see ``WatchTree`` for bounds.
    ///
    /// - Returns: False if it can't be watched, or too much is watched already.
    func watch(_ uri: String, at path: SandboxPath) async -> Bool {
        await startedQueue()?.submit(.watch(uri, path)) ?? false
    }

    /// Undoes one ``watch(_:at:)`` of this URI.
    func unwatch(_ uri: String) async {
        guard let queue = runningQueue else { return }
        _ = await queue.submit(.unwatch(uri))
    }

    /// Begins to publish `.resources` when files come, go or move.
    func watchLists() async -> Bool {
        await startedQueue()?.submit(.watchList) ?? false
    }

    /// Undoes one ``watchLists()``.
    func unwatchLists() async {
        guard let queue = runningQueue else { return }
        _ = await queue.submit(.unwatchList)
    }

    /// Ends the thread; nothing can be watched afterwards.
    func stop() {
        let queue: WatchQueue? = state.withLock { state in
            defer { state = .stopped }
            if case .running(let queue) = state { return queue }
            return nil
        }
        queue?.stop()
    }

    private var runningQueue: WatchQueue? {
        state.withLock { state in
            if case .running(let queue) = state { queue } else { nil }
        }
    }

    private func startedQueue() -> WatchQueue? {
        state.withLock { state in
            switch state {
            case .running(let queue): return queue
            case .stopped: return nil
            case .idle: break
            }
            guard let queue = WatchQueue(),
                WatchThread.start(serving: queue, roots: roots, endings: endings, publish: publish)
            else { return nil }
            state = .running(queue)
            return queue
        }
    }
}
