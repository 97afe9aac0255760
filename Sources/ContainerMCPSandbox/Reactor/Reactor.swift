// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc
internal import Synchronization

/// Something on the reactor's thread that wants to know when a descriptor is ready.
protocol ReactorHandler: AnyObject {
    /// Called on the reactor's thread.
    func isReady(_ descriptor: Int32, readable: Bool, writable: Bool)
}

/// One thread that waits for descriptors and times with epoll(7) on behalf of all running calls.
///
/// Sendable because what is not behind `inbox` is touched on the reactor's own thread only.
final class Reactor: @unchecked Sendable {
    typealias Job = @Sendable () -> Void

    private struct Inbox {
        var jobs: [Job] = []
        var isOver = false
    }

    private struct Timer {
        let id: UInt64
        let deadline: ContinuousClock.Instant
        let job: Job
    }

    private let poll: Descriptor
    private let wake: Descriptor
    private let inbox = Mutex(Inbox())
    private var handlers: [Int32: any ReactorHandler] = [:]
    /// Sorted, the next one last.
    private var timers: [Timer] = []
    private var lastTimer: UInt64 = 0

    private init(poll: Descriptor, wake: Descriptor) {
        self.poll = poll
        self.wake = wake
    }

    /// Makes a reactor and starts its thread.
    static func start() throws(SandboxError) -> Reactor {
        let pollNumber = cmcp_epoll_create()
        guard pollNumber >= 0 else { throw .exhausted("an epoll descriptor", errno) }
        let poll = Descriptor(owning: pollNumber)
        let wakeNumber = cmcp_event_create()
        guard wakeNumber >= 0 else { throw .exhausted("an event descriptor", errno) }
        let reactor = Reactor(poll: poll, wake: Descriptor(owning: wakeNumber))
        guard cmcp_epoll_watch(pollNumber, wakeNumber, 1, 0) == 0 else {
            throw .exhausted("an epoll entry", errno)
        }
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { unsafe pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(reactor).toOpaque()
        let error = unsafe pthread_create(
            &thread,
            &attributes,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Reactor>.fromOpaque(context).takeRetainedValue().loop()
                return nil
            },
            context
        )
        guard error == 0 else {
            unsafe Unmanaged<Reactor>.fromOpaque(context).release()
            throw .exhausted("a thread", error)
        }
        return reactor
    }

    /// Runs a job on the reactor's thread, in the order of submission.
    ///
    /// - Returns: False when the reactor has ended; the job is then dropped.
    @discardableResult
    func submit(_ job: @escaping Job) -> Bool {
        let accepted = inbox.withLock { inbox in
            guard !inbox.isOver else { return false }
            inbox.jobs.append(job)
            return true
        }
        if accepted { signal() }
        return accepted
    }

    /// Ends the thread once the jobs submitted so far have run.
    func stop() {
        submit { [weak self] in
            self?.inbox.withLock { $0.isOver = true }
        }
    }

    private func signal() {
        var one: UInt64 = 1
        _ = unsafe write(wake.number, &one, 8)
    }

    /// Begins to watch a descriptor.
    ///
    /// On the reactor's thread only.
    func watch(_ descriptor: Int32, readable: Bool, writable: Bool, _ handler: any ReactorHandler) -> Bool {
        guard cmcp_epoll_watch(poll.number, descriptor, readable ? 1 : 0, writable ? 1 : 0) == 0 else {
            return false
        }
        handlers[descriptor] = handler
        return true
    }

    /// Ends watching.
    ///
    /// On the reactor's thread only, and before the descriptor is closed.
    func unwatch(_ descriptor: Int32) {
        guard handlers.removeValue(forKey: descriptor) != nil else { return }
        cmcp_epoll_unwatch(poll.number, descriptor)
    }

    /// Runs a job later.
    ///
    /// On the reactor's thread only.
    @discardableResult
    func schedule(after delay: Duration, _ job: @escaping Job) -> UInt64 {
        lastTimer &+= 1
        let timer = Timer(id: lastTimer, deadline: ContinuousClock.now.advanced(by: delay), job: job)
        let index = timers.lastIndex { $0.deadline >= timer.deadline }.map { $0 + 1 } ?? 0
        timers.insert(timer, at: index)
        return timer.id
    }

    /// Forgets a timer.
    ///
    /// On the reactor's thread only.
    func cancel(_ timer: UInt64) {
        timers.removeAll { $0.id == timer }
    }

    private func loop() {
        cmcp_block_signals()
        var events = [cmcp_ready](repeating: cmcp_ready(), count: 64)
        while true {
            let ready = unsafe cmcp_epoll_wait(poll.number, &events, 64, timeout())
            for event in events.prefix(Int(ready)) {
                handlers[event.descriptor]?.isReady(
                    event.descriptor,
                    readable: event.readable != 0,
                    writable: event.writable != 0,
                )
            }
            var count: UInt64 = 0
            _ = unsafe read(wake.number, &count, 8)
            let (jobs, isOver) = inbox.withLock { inbox in
                let jobs = inbox.jobs
                inbox.jobs = []
                return (jobs, inbox.isOver)
            }
            for job in jobs { job() }
            let now = ContinuousClock.now
            while let next = timers.last, next.deadline <= now {
                timers.removeLast()
                next.job()
            }
            if isOver, jobs.isEmpty { break }
        }
        handlers = [:]
        timers = []
    }

    /// Milliseconds until the next timer, rounded up so that it is due when the wait ends.
    private func timeout() -> Int32 {
        if inbox.withLock({ $0.isOver || !$0.jobs.isEmpty }) { return 0 }
        guard let next = timers.last else { return -1 }
        let (seconds, attoseconds) = ContinuousClock.now.duration(to: next.deadline).components
        guard seconds < 60 else { return 60_000 }
        return max(0, Int32(seconds) * 1000 + Int32(attoseconds / 1_000_000_000_000_000) + 1)
    }
}
