// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import Synchronization
import Testing

@Suite struct SessionStreamTests {
    private static func stream(
        _ kind: SessionStream.Kind = .post,
        bytes: Int = 1 << 20,
        limits: StreamLimits = StreamLimits()
    ) -> (SessionStream, EventStorage) {
        let storage = EventStorage(bytes: bytes, limits: limits)
        return (SessionStream(name: "p1.0", kind: kind, storage: storage), storage)
    }

    private static func number(_ step: SessionStream.Step) -> UInt64? {
        if case .send(let event) = step { event.number } else { nil }
    }

    @Test func `a reader gets what was said and what comes, then the end`() async throws {
        let (stream, _) = Self.stream()
        await stream.append([1])
        let reader = try stream.attach(after: 0, takesOver: false) {}
        #expect(Self.number(await stream.next(reader)) == 1)
        async let second = stream.next(reader)
        await stream.append([2])
        #expect(Self.number(await second) == 2)
        async let last = stream.next(reader)
        stream.finish()
        #expect(await last == .end(comesBack: false))
        #expect(await stream.next(reader) == .leave)
    }

    @Test func `a stream without a reader goes on, and one that comes back goes on from its place`()
        async throws
    {
        let (stream, _) = Self.stream()
        for byte in 1...5 { await stream.append([UInt8(byte)]) }
        stream.finish()
        await stream.append([9])
        let reader = try stream.attach(after: 3, takesOver: true) {}
        #expect(Self.number(await stream.next(reader)) == 4)
        #expect(Self.number(await stream.next(reader)) == 5)
        #expect(await stream.next(reader) == .end(comesBack: false))
        let again = try stream.attach(after: 5, takesOver: true) {}
        #expect(await stream.next(again) == .end(comesBack: false))
        #expect(throws: SessionStream.AttachFailure.unknownEvent) {
            try stream.attach(after: 7, takesOver: true) {}
        }
    }

    @Test func `a second reader is refused or takes over, and the first one leaves`() async throws {
        let (stream, _) = Self.stream()
        let dropped = Mutex(0)
        let first = try stream.attach(after: 0, takesOver: false) { dropped.withLock { $0 += 1 } }
        #expect(throws: SessionStream.AttachFailure.taken) {
            try stream.attach(after: 0, takesOver: false) {}
        }
        async let waiting = stream.next(first)
        let second = try stream.attach(after: 0, takesOver: true) {}
        #expect(await waiting == .leave)
        #expect(await stream.next(first) == .leave)
        #expect(dropped.withLock { $0 } == 1)
        stream.detach(first)
        await stream.append([1])
        #expect(Self.number(await stream.next(second)) == 1)
    }

    @Test func `a reader that is cancelled leaves its place`() async throws {
        let (stream, _) = Self.stream()
        let reader = try stream.attach(after: 0, takesOver: false) {}
        let waiting = Task { await stream.next(reader) }
        waiting.cancel()
        #expect(await waiting.value == .leave)
        _ = try stream.attach(after: 0, takesOver: false) {}
    }

    @Test func `a break comes after what was said, once, and only where somebody reads`() async throws {
        let (stream, _) = Self.stream()
        stream.breakConnection()
        let reader = try stream.attach(after: 0, takesOver: false) {}
        await stream.append([1])
        stream.breakConnection()
        await stream.append([2])
        #expect(Self.number(await stream.next(reader)) == 1)
        #expect(Self.number(await stream.next(reader)) == 2)
        #expect(await stream.next(reader) == .breakOff)
        let second = try stream.attach(after: 2, takesOver: false) {}
        stream.finish()
        #expect(await stream.next(second) == .end(comesBack: false))
        stream.breakConnection()
    }

    @Test func `a reader that is slow loses nothing, its writer waits`() async throws {
        var limits = StreamLimits()
        limits.events = 4
        let (stream, _) = Self.stream(limits: limits)
        let reader = try stream.attach(after: 0, takesOver: false) {}
        let writing = Task {
            for byte in 1...50 { await stream.append([UInt8(byte)]) }
            stream.finish()
        }
        var read: [UInt64] = []
        while let number = Self.number(await stream.next(reader)) { read.append(number) }
        await writing.value
        #expect(read == Array(1...50))
    }

    @Test func `a writer does not wait for a reader that leaves`() async throws {
        var limits = StreamLimits()
        limits.events = 1
        let (stream, storage) = Self.stream(limits: limits)
        let reader = try stream.attach(after: 0, takesOver: false) {}
        await stream.append([1])
        let writing = Task { for byte in 2...9 { await stream.append([UInt8(byte)]) } }
        stream.detach(reader)
        await writing.value
        #expect(stream.keptBytes == 1)
        #expect(storage.taken == 1)
    }

    @Test func `what belongs to no request waits for a reader, so much of it`() async throws {
        let (stream, storage) = Self.stream(.general)
        for number in 0..<100 { await stream.append(Array("\(number)".utf8)) }
        #expect(storage.counters.counts.unheard == 36)
        var reader = try stream.attach(after: nil, takesOver: false) {}
        #expect(Self.number(await stream.next(reader)) == 37)
        stream.sent(37)
        #expect(Self.number(await stream.next(reader)) == 38)
        // The connection broke before 38 was out.
        stream.detach(reader)
        reader = try stream.attach(after: nil, takesOver: false) {}
        #expect(Self.number(await stream.next(reader)) == 38)
    }

    @Test func `what finds no memory is still given to a reader, and not kept`() async throws {
        let (stream, storage) = Self.stream(bytes: 10)
        let reader = try stream.attach(after: 0, takesOver: false) {}
        let writing = Task { await stream.append([UInt8](repeating: 1, count: 11)) }
        let step = await stream.next(reader)
        guard case .send(let event) = step else { return #expect(Bool(false), "\(step)") }
        #expect(event.message.count == 11)
        await writing.value
        #expect(storage.taken == 0)
        stream.detach(reader)
        await stream.append([UInt8](repeating: 1, count: 11))
        await stream.append([1])
        #expect(storage.counters.counts.unkept == 1)
        let again = try stream.attach(after: 0, takesOver: false) {}
        #expect(Self.number(await stream.next(again)) == 3)
    }

    @Test func `the end frees everything and everybody`() async throws {
        var limits = StreamLimits()
        limits.events = 1
        let (stream, storage) = Self.stream(limits: limits)
        let reader = try stream.attach(after: 0, takesOver: false) {}
        await stream.append([1])
        let writing = Task { await stream.append([2]) }
        stream.end(comesBack: true)
        await writing.value
        #expect(await stream.next(reader) == .end(comesBack: true))
        #expect(storage.taken == 0)
        await stream.append([3])
        #expect(storage.taken == 0)
        #expect(throws: SessionStream.AttachFailure.over) { try stream.attach(after: 0, takesOver: true) {} }
    }

    @Test func `a stream that nobody holds any more gives its memory back`() async {
        var (stream, storage): (SessionStream?, EventStorage) = Self.stream()
        await stream?.append([1, 2, 3])
        #expect(storage.taken == 3)
        stream = nil
        #expect(storage.taken == 0)
    }

    @Test func `the first event of a stream is exactly this`() {
        #expect(
            String(decoding: Self.stream().0.priming, as: UTF8.self) == "id: p1.0-0\nretry: 500\ndata:\n\n"
        )
    }
}
