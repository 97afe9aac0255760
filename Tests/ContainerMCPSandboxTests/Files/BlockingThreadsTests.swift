// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import ContainerMCPSandbox

@Suite struct BlockingThreadsTests {
    /// Holds a thread of a pool until it is opened.
    private final class Door: Sendable {
        private let isOpen = Atomic(false)
        private let entered = Atomic(0)

        func hold() {
            entered.add(1, ordering: .relaxed)
            while !isOpen.load(ordering: .relaxed) {}
        }

        func open() { isOpen.store(true, ordering: .relaxed) }

        func awaitEntered(_ count: Int) async {
            while entered.load(ordering: .relaxed) < count { await Task.yield() }
        }
    }

    /// Counts jobs.
    private final class Counter: Sendable {
        let counts = Mutex((now: 0, most: 0, done: 0))
    }

    private struct Fault: Error, Equatable {}

    private func outcome(_ threads: BlockingThreads) async -> BlockingThreadsRefusal? {
        do throws(BlockingThreadsRefusal) {
            _ = try await threads.run { 1 }
            return nil
        } catch {
            return error
        }
    }

    @Test func `the value or the error of a job comes back`() async throws {
        let threads = BlockingThreads(limit: 2, waiting: 2)
        let value = try await threads.run { 42 }.get()
        #expect(value == 42)
        let result: Result<Int, Fault> = try await threads.run { () throws(Fault) in throw Fault() }
        #expect(result == .failure(Fault()))
    }

    @Test func `jobs one after the other never meet a full pool`() async throws {
        let threads = BlockingThreads(limit: 1, waiting: 0)
        for number in 0..<500 {
            #expect(try await threads.run { number }.get() == number)
        }
    }

    @Test func `no more jobs run at once than there are threads, and all are done`() async throws {
        let threads = BlockingThreads(limit: 3, waiting: 1_000)
        let counter = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<300 {
                group.addTask {
                    _ = try await threads.run {
                        counter.counts.withLock {
                            $0.now += 1
                            $0.most = max($0.most, $0.now)
                        }
                        counter.counts.withLock {
                            $0.now -= 1
                            $0.done += 1
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counter.counts.withLock { $0.most } <= 3)
        #expect(counter.counts.withLock { $0.done } == 300)
        #expect(threads.load == (0, 0))
    }

    @Test func `a full queue refuses, and the patience of one that waits ends`() async throws {
        let threads = BlockingThreads(limit: 1, waiting: 1, patience: .milliseconds(20))
        let door = Door()
        async let held = threads.run { door.hold() }
        await door.awaitEntered(1)
        // The only thread is held, so the first of the two waits and is late, and the second finds the queue
        // full.
        async let first = outcome(threads)
        async let second = outcome(threads)
        #expect(await [first, second] == [.busy, .busy])
        door.open()
        _ = try await held
        #expect(await outcome(threads) == nil)
    }

    @Test func `cancelling takes a waiting job out of the queue`() async throws {
        let threads = BlockingThreads(limit: 1, waiting: 4)
        let door = Door()
        let counter = Counter()
        async let held = threads.run { door.hold() }
        await door.awaitEntered(1)
        let waiting = Task {
            try await threads.run { counter.counts.withLock { $0.done += 1 } }
        }
        while threads.load.waiting == 0 { await Task.yield() }
        waiting.cancel()
        await #expect(throws: BlockingThreadsRefusal.cancelled) { try await waiting.value.get() }
        #expect(threads.load.waiting == 0)
        door.open()
        _ = try await held
        #expect(counter.counts.withLock { $0.done } == 0)
    }

    @Test func `a task that is cancelled before it asks gets no thread`() async {
        let threads = BlockingThreads(limit: 1, waiting: 1)
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return await outcome(threads)
        }
        #expect(await task.value == .cancelled)
    }

    @Test func `shutting down refuses what waits and everything later, and lets what runs end`() async throws
    {
        let threads = BlockingThreads(limit: 1, waiting: 4)
        let door = Door()
        async let held = threads.run { door.hold() }
        await door.awaitEntered(1)
        async let waiting = outcome(threads)
        while threads.load.waiting == 0 { await Task.yield() }
        threads.shutdown()
        #expect(await waiting == .shutDown)
        #expect(await outcome(threads) == .shutDown)
        door.open()
        _ = try await held
    }
}
