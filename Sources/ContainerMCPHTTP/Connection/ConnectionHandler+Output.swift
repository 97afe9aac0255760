// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import NIOCore

extension ConnectionHandler {
    /// Writes bytes.
    ///
    /// - Parameters:
    ///   - bytes: What to write.
    ///   - reserved: How many of them were taken from the shared budget; they go back once these are out.
    func write(_ bytes: [UInt8], reserved: Int = 0) {
        guard let context else {
            services.output.release(reserved)
            return
        }
        if unsentBytes == 0 {
            lastProgress = .now()
            stallCheck = lastProgress + services.times.stall
        }
        let count = bytes.count
        unsentBytes += count
        unsentWrites += 1
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.wrote(count, reserved: reserved) }
        let buffer = context.channel.allocator.buffer(bytes: bytes)
        context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: promise)
        lastBuffered = bufferedBytes
        arm()
    }

    private func wrote(_ count: Int, reserved: Int) {
        unsentBytes -= count
        unsentWrites -= 1
        services.output.release(reserved)
        lastProgress = .now()
        lastBuffered = bufferedBytes
        if unsentBytes == 0 {
            stallCheck = nil
            if phase == .draining { drain() }
        }
        sendMore()
    }

    /// What the channel holds and the kernel has not taken.
    private var bufferedBytes: Int {
        // A channel that can't tell has nothing to tell about.
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    // MARK: Streams

    func openStream(_ fields: [HeaderFields.Field], for number: UInt64) {
        guard number == exchange, phase == .answering else { return }
        phase = .streaming
        services.metrics.responseBegan(status: 200)
        services.metrics.streamOpened()
        endsAfterSends = false
        if !isChunked { closesAfterAnswer = true }
        let type = HeaderFields.Field(name: "content-type", value: "text/event-stream")
        write(HTTPReply.streamHead(fields: [type] + fields + extraFields, isChunked: isChunked))
        keepAliveDeadline = .now() + services.times.keepAlive
        arm()
    }

    func send(_ bytes: [UInt8], on number: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
        guard number == exchange, phase == .streaming, !endsAfterSends else {
            continuation.resume(returning: false)
            return
        }
        guard sends.count < Self.streamEvents, services.output.reserve(bytes.count) else {
            continuation.resume(returning: false)
            context?.close(promise: nil)
            return
        }
        sends.append(PendingSend(bytes: bytes, continuation: continuation))
        sendMore()
    }

    func endStream(_ number: UInt64) {
        guard number == exchange, phase == .streaming else { return }
        endsAfterSends = true
        sendMore()
    }

    /// Ends the stream now: in order if everything was taken, else by closing the connection.
    func dropStream(_ number: UInt64) {
        guard number == exchange, phase == .streaming else { return }
        guard sends.isEmpty, unsentBytes == 0 else {
            context?.close(promise: nil)
            return
        }
        endStream(number)
    }

    private func sendMore() {
        // A write can be done before it returns, and then asks for more.
        guard !isSending else { return }
        isSending = true
        while phase == .streaming, !sends.isEmpty, unsentBytes < Self.streamBytes,
            unsentWrites < Self.streamEvents
        {
            let send = sends.removeFirst()
            writeEvent(send.bytes, reserved: send.bytes.count)
            send.continuation.resume(returning: true)
        }
        isSending = false
        guard phase == .streaming, endsAfterSends, sends.isEmpty else { return }
        endsAfterSends = false
        services.metrics.streamClosed()
        phase = .answering
        if isChunked { write(Array("0\r\n\r\n".utf8)) }
        answered()
    }

    private func writeEvent(_ bytes: [UInt8], reserved: Int) {
        keepAliveDeadline = .now() + services.times.keepAlive
        guard isChunked else { return write(bytes, reserved: reserved) }
        var chunk = Array((String(bytes.count, radix: 16) + "\r\n").utf8)
        chunk.reserveCapacity(chunk.count + bytes.count + 2)
        chunk.append(contentsOf: bytes)
        chunk.append(contentsOf: "\r\n".utf8)
        write(chunk, reserved: reserved)
    }

    // MARK: Time

    /// Sees to it that the timer goes off when the next thing is due.
    func arm() {
        guard let context, phase != .over else { return }
        guard let next = [phaseDeadline, keepAliveDeadline, stallCheck].compactMap(\.self).min() else {
            return
        }
        guard timer == nil || next < timerTime else { return }
        timer?.cancel()
        timerTime = next
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.timerFired() }
    }

    private func timerFired() {
        timer = nil
        guard phase != .over else { return }
        let now = NIODeadline.now()
        if let deadline = phaseDeadline, deadline <= now {
            if isInHead || phase == .body { services.metrics.requestRefused(.timeout) }
            context?.close(promise: nil)
            return
        }
        if let check = stallCheck, check <= now {
            let buffered = bufferedBytes
            if buffered < lastBuffered { lastProgress = now }
            lastBuffered = buffered
            guard lastProgress + services.times.stall > now else {
                context?.close(promise: nil)
                return
            }
            stallCheck = now + .nanoseconds(services.times.stall.nanoseconds / 4)
        }
        if let deadline = keepAliveDeadline, deadline <= now {
            writeEvent(Self.keepAlive, reserved: 0)
        }
        arm()
    }

    private static let keepAlive = Array(": keep-alive\n\n".utf8)
}
