// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the threads of a ``BlockingThreads`` share: the queue, the counts, and the lock around them.
///
/// Sendable because every stored variable is read and written only with `lock` held.
@safe final class BlockingCrew: @unchecked Sendable {
    /// A job and the one way to end it: nil runs it, a refusal ends it unrun; then the answer must be called,
    /// to tell the task that waits.
    struct Job: Sendable {
        let ticket: UInt64
        let finish: @Sendable (BlockingThreadsRefusal?) -> @Sendable () -> Void
    }

    private struct Waiting {
        let job: Job
        let deadline: ContinuousClock.Instant
    }

    private enum State {
        case waiting
        case running
        case cancelled
    }

    private let limit: Int
    private let maxWaiting: Int
    private let patience: Duration
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let work: UnsafeMutablePointer<pthread_cond_t>
    private let clock: UnsafeMutablePointer<pthread_cond_t>

    private var queue: [Waiting] = []
    private var states: [UInt64: State] = [:]
    private var lastTicket: UInt64 = 0
    private var threads = 0
    private var running = 0
    private var hasTimekeeper = false
    private var isShutDown = false

    init(limit: Int, waiting: Int, patience: Duration) {
        self.limit = limit
        maxWaiting = waiting
        self.patience = patience
        unsafe lock = .allocate(capacity: 1)
        unsafe work = .allocate(capacity: 1)
        unsafe clock = .allocate(capacity: 1)
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(work, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // The timekeeper counts spans; setting the machine's time must not stretch them.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(clock, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        // Every thread holds a reference, so none is left that could wait here.
        unsafe pthread_cond_destroy(clock)
        unsafe pthread_cond_destroy(work)
        unsafe pthread_mutex_destroy(lock)
        unsafe clock.deallocate()
        unsafe work.deallocate()
        unsafe lock.deallocate()
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return body()
    }

    var load: (running: Int, waiting: Int) {
        locked { (running, queue.count) }
    }

    /// Makes a number for a job that will be submitted, so that it can be cancelled before that.
    func makeTicket() -> UInt64 {
        locked {
            lastTicket &+= 1
            return lastTicket
        }
    }

    /// Forgets a job that has ended and can't be cancelled any more.
    func forget(_ ticket: UInt64) {
        locked { states[ticket] = nil }
    }

    /// Queues a job, or refuses it at once.
    func submit(_ job: Job) {
        let refusal: BlockingThreadsRefusal? = locked {
            if isShutDown { return .shutDown }
            if states[job.ticket] == .cancelled { return .cancelled }
            let idle = threads - running
            // Jobs that idle threads are about to take do not wait.
            guard queue.count < maxWaiting + max(0, limit - running) else { return .busy }
            if queue.count >= idle, threads < limit, startThread() { threads += 1 }
            guard threads > 0 else { return .busy }
            states[job.ticket] = .waiting
            queue.append(Waiting(job: job, deadline: ContinuousClock.now.advanced(by: patience)))
            keepTime()
            return nil
        }
        if let refusal { return job.finish(refusal)() }
        // Outside of the lock, which the thread that wakes up takes first.
        unsafe pthread_cond_signal(work)
    }

    /// Takes a job out of the queue; one that was not submitted yet is refused when it is.
    func cancel(_ ticket: UInt64) {
        let job: Job? = locked {
            switch states[ticket] {
            case .running, .cancelled: return nil
            case nil:
                states[ticket] = .cancelled
                return nil
            case .waiting:
                guard let index = queue.firstIndex(where: { $0.job.ticket == ticket }) else { return nil }
                return queue.remove(at: index).job
            }
        }
        job?.finish(.cancelled)()
    }

    func shutDown() {
        let jobs = locked {
            isShutDown = true
            let jobs = queue.map(\.job)
            queue = []
            unsafe pthread_cond_broadcast(work)
            unsafe pthread_cond_broadcast(clock)
            return jobs
        }
        for job in jobs { job.finish(.shutDown)() }
    }

    // MARK: - On the threads

    private func serve() {
        while let job = nextJob() {
            let tell = job.finish(nil)
            // The place is free before the caller knows, so that its next job finds it free.
            locked { running -= 1 }
            tell()
        }
    }

    private func nextJob() -> Job? {
        locked {
            while queue.isEmpty {
                if isShutDown {
                    threads -= 1
                    return nil
                }
                unsafe pthread_cond_wait(work, lock)
            }
            let job = queue.removeFirst().job
            states[job.ticket] = .running
            running += 1
            return job
        }
    }

    /// Starts the thread that ends waits which are over, or wakes it; it lives while jobs wait for busy
    /// threads.
    private func keepTime() {
        guard !hasTimekeeper, running >= threads || queue.count > threads - running else { return }
        hasTimekeeper = start { crew in crew.watchQueue() }
    }

    private func watchQueue() {
        while let late = nextLate() {
            late.finish(.busy)()
        }
    }

    /// Waits until a job has waited too long; nil when no job waits.
    private func nextLate() -> Job? {
        locked {
            // Jobs wait equally long, so the first is always the next to be late.
            while let first = queue.first {
                let left = ContinuousClock.now.duration(to: first.deadline)
                if left <= .zero {
                    return queue.removeFirst().job
                }
                var until = timespec()
                unsafe clock_gettime(CLOCK_MONOTONIC, &until)
                let (seconds, attoseconds) = min(left, .seconds(3_600)).components
                let nanoseconds = until.tv_nsec + Int(attoseconds / 1_000_000_000) + 1_000_000
                until.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
                until.tv_nsec = nanoseconds % 1_000_000_000
                unsafe pthread_cond_timedwait(clock, lock, &until)
            }
            hasTimekeeper = false
            return nil
        }
    }

    private func startThread() -> Bool {
        start { crew in crew.serve() }
    }

    private func start(_ body: @escaping @Sendable (BlockingCrew) -> Void) -> Bool {
        let order = unsafe Unmanaged.passRetained(ThreadOrder(crew: self, body: body)).toOpaque()
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        unsafe pthread_attr_setstacksize(&attributes, 1 << 20)
        // Signals of the process are for the threads that expect them; a new thread inherits the mask.
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let order = unsafe Unmanaged<ThreadOrder>.fromOpaque(argument).takeRetainedValue()
                order.body(order.crew)
                return nil
            },
            order
        )
        if status != 0 { unsafe Unmanaged<ThreadOrder>.fromOpaque(order).release() }
        return status == 0
    }
}
