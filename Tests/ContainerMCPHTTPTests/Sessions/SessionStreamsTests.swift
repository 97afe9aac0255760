// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import Synchronization
import Testing

@Suite struct SessionStreamsTests {
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)

        var now: ContinuousClock.Instant { time.withLock { $0 } }

        func advance(_ duration: Duration) {
            time.withLock { $0 += duration }
        }
    }

    private let clock = Clock()

    private func streams(_ storage: EventStorage = EventStorage()) -> SessionStreams {
        SessionStreams(storage: storage) { [clock] in clock.now }
    }

    private static func id(_ stream: SessionStream, _ number: UInt64 = 0) -> EventID {
        EventID(stream: stream.name, number: number)
    }

    @Test func `streams are found by their events, those of other sessions are not`() throws {
        let (mine, other) = (streams(), streams())
        let stream = try #require(mine.open())
        let foreign = try #require(other.open())
        #expect(mine[Self.id(stream)] === stream)
        #expect(mine[Self.id(mine.general)] === mine.general)
        #expect(mine[Self.id(foreign)] == nil)
        #expect(mine[Self.id(other.general)] == nil)
        #expect(mine[EventID(stream: "p2", number: 0)] == nil)
        #expect(EventID("\(Self.id(stream, 3))") == Self.id(stream, 3))
    }

    @Test func `no more than sixty-four streams are kept, and what is in flight never goes`() throws {
        let streams = streams()
        let open = try (0..<64).map { _ in try #require(streams.open()) }
        #expect(streams.open() == nil)
        open[5].finish()
        clock.advance(.seconds(1))
        open[3].finish()
        let next = try #require(streams.open())
        #expect(streams[Self.id(open[5])] == nil, "the one that finished first goes first")
        #expect(streams[Self.id(open[3])] != nil)
        #expect(streams.open() != nil)
        #expect(streams.open() == nil)
        #expect(streams[Self.id(next)] != nil)
        #expect(streams.count == 64)
    }

    @Test func `an answer is kept for five minutes, one that is awaited for longer`() async throws {
        let storage = EventStorage()
        let streams = streams(storage)
        let finished = try #require(streams.open())
        let running = try #require(streams.open())
        await finished.append([1])
        await running.append([1])
        finished.finish()
        clock.advance(.seconds(299))
        #expect(streams[Self.id(finished)] != nil)
        clock.advance(.seconds(2))
        #expect(streams[Self.id(finished)] == nil)
        #expect(streams[Self.id(running)] != nil)
        #expect(storage.taken == 1)
    }

    @Test func `an answer that is being read is not given up`() async throws {
        let streams = streams()
        let stream = try #require(streams.open())
        await stream.append([1])
        stream.finish()
        let reader = try stream.attach(after: 0, takesOver: false) {}
        clock.advance(.seconds(1_000))
        #expect(streams[Self.id(stream)] != nil)
        _ = await stream.next(reader)
        _ = await stream.next(reader)
        #expect(streams[Self.id(stream)] == nil)
    }

    @Test func `sent messages that belong to no request are forgotten after five minutes, others wait`()
        async throws
    {
        let storage = EventStorage()
        let streams = streams(storage)
        for _ in 0..<3 { await streams.general.append([1]) }
        streams.general.sent(2)
        clock.advance(.seconds(301))
        streams.expire()
        #expect(streams.general.keptBytes == 1)
    }

    @Test func `where memory is short, the session that keeps most gives up its oldest answer`() async throws
    {
        let storage = EventStorage(bytes: 100)
        let (small, large) = (streams(storage), streams(storage))
        func keep(_ streams: SessionStreams, _ size: Int) async throws -> EventID {
            let stream = try #require(streams.open())
            await stream.append([UInt8](repeating: 1, count: size))
            stream.finish()
            clock.advance(.seconds(1))
            return Self.id(stream)
        }
        let first = try await keep(small, 20)
        let second = try await keep(large, 30)
        let third = try await keep(large, 40)
        let fourth = try await keep(small, 15)
        #expect(small[first] != nil)
        #expect(large[second] == nil)
        #expect(large[third] != nil)
        #expect(small[fourth] != nil)
        #expect(storage.taken == 75)
        #expect(storage.counters.counts.evicted == 1)
        _ = try await keep(large, 200)
        #expect(large[third] != nil, "what could never fit pushes nothing out")
    }

    @Test func `a flood of messages in many streams keeps to the budget`() async throws {
        let storage = EventStorage(bytes: 1 << 20)
        let sessions = (0..<20).map { _ in streams(storage) }
        for session in sessions {
            for _ in 0..<100 {
                guard let stream = session.open() else { continue }
                await stream.append([UInt8](repeating: 1, count: 5_000))
                stream.finish()
            }
        }
        #expect(storage.taken <= 1 << 20)
        #expect(sessions.allSatisfy { $0.count <= 64 })
        for session in sessions { session.end(comesBack: false) }
        #expect(storage.taken == 0)
    }

    @Test func `the end of a session ends its streams`() async throws {
        let streams = streams()
        let stream = try #require(streams.open())
        let reader = try stream.attach(after: 0, takesOver: false) {}
        let general = try streams.general.attach(after: nil, takesOver: false) {}
        streams.end(comesBack: false)
        #expect(await stream.next(reader) == .end(comesBack: false))
        #expect(await streams.general.next(general) == .end(comesBack: false))
        #expect(streams.open() == nil)
        #expect(streams[Self.id(stream)] == nil)
    }
}
