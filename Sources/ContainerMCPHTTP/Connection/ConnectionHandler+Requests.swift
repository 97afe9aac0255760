// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import NIOCore

extension ConnectionHandler {
    /// Reads on in what has come, as far as the answer to the last request allows.
    func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        do throws(RequestFault) {
            while phase == .head || phase == .body, let event = try parser.next(&input) {
                switch event {
                case .head(let head): try begin(head)
                case .body(let bytes): try take(bytes)
                case .end: bodyEnded()
                }
            }
        } catch {
            services.recordRefusal(peer, "request refused: \(error.reason)")
            services.metrics.requestRefused(Self.sizes.contains(error.status) ? .size : .framing)
            refuse(.text(error.status, error.reason))
            return
        }
        if phase == .head, !isInHead, !parser.isBetweenRequests {
            isInHead = true
            phaseDeadline = .now() + services.times.head
            arm()
        }
    }

    /// The statuses of requests that are too large in some way.
    private static let sizes: Set<Int> = [413, 414, 431]

    private func begin(_ head: RequestHead) throws(RequestFault) {
        isInHead = false
        closesAfterAnswer = !head.keepsAlive || isInputClosed
        omitsBody = head.method == "HEAD"
        isChunked = head.isCurrent
        let admission = services.admit(head, peer)
        extraFields = admission.fields
        phase = .body
        phaseDeadline = .now() + services.times.body
        switch admission.decision {
        case .answer(let reply):
            guard !head.hasBody else { return refuse(reply) }
            plan = .reply(reply)
        case .work(let limit, let endsWithConnection, let work):
            endsTaskWithConnection = endsWithConnection
            bodyLimit = min(limit, services.limits.body)
            if case .length(let length) = head.framing {
                guard length <= bodyLimit else { throw .bodyTooLarge }
                guard services.bodies.reserve(length) else { return refuse(.text(503, "the server is busy")) }
                reservedBody = length
                body.reserveCapacity(min(length, 1 << 20))
            }
            plan = .work(work)
            if head.hasBody, head.expectsContinue { write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
        }
        arm()
    }

    private func take(_ bytes: ArraySlice<UInt8>) throws(RequestFault) {
        guard bytes.count <= bodyLimit - body.count else { throw .bodyTooLarge }
        let missing = body.count + bytes.count - reservedBody
        if missing > 0 {
            guard services.bodies.reserve(missing) else { return refuse(.text(503, "the server is busy")) }
            reservedBody += missing
        }
        body.append(contentsOf: bytes)
    }

    private func bodyEnded() {
        guard let context, let plan else { return }
        exchange &+= 1
        phase = .answering
        phaseDeadline = nil
        cancelsOnClose = false
        cancelsOnDisconnect = false
        switch plan {
        case .reply(let reply):
            answer(reply)
        case .work(let work):
            services.table.beganAnswer(peer.connection)
            let exchange = Exchange(number: exchange, peer: peer, handler: self, eventLoop: context.eventLoop)
            let body = body
            self.body = []
            let task = RequestTask { await work(body, exchange) }
            self.task = task
            requests.yield(task)
            // Also where the client has said meanwhile that it sends nothing more.
            if endsTaskWithConnection { cancelOnDisconnect(self.exchange, isOutlivingInput: false) }
        }
    }

    /// Answers a request whose rest is not worth reading, and ends the connection.
    func refuse(_ reply: HTTPReply) {
        guard phase != .over, phase != .draining else { return }
        releaseBody()
        services.metrics.responseBegan(status: reply.status)
        write(reply.encoded(closes: true, omitsBody: omitsBody, extra: extraFields))
        drain()
    }

    /// Says that nothing more follows, and waits a little for the other side to read it: a connection that
    /// is closed with unread bytes is reset, and what was on its way is lost.
    func drain() {
        phase = .draining
        phaseDeadline = nil
        keepAliveDeadline = nil
        input = []
        guard unsentBytes == 0 else { return }
        guard !isInputClosed else {
            context?.close(promise: nil)
            return
        }
        context?.close(mode: .output, promise: nil)
        phaseDeadline = .now() + services.times.drain
        arm()
    }

    func cancelOnDisconnect(_ number: UInt64, isOutlivingInput: Bool) {
        guard number == exchange else { return }
        cancelsOnClose = true
        cancelsOnDisconnect = !isOutlivingInput
        guard phase == .over || (isInputClosed && cancelsOnDisconnect) else { return }
        task?.cancel()
        context?.close(promise: nil)
    }

    func reply(_ reply: HTTPReply, to number: UInt64) {
        guard number == exchange, phase == .answering else { return }
        answer(reply)
    }

    private func answer(_ reply: HTTPReply) {
        // A short answer in place of a large one that there is no memory for; it is small enough to need none.
        guard services.output.reserve(reply.body.count) else {
            return refuse(.text(503, "the server is busy"))
        }
        services.metrics.responseBegan(status: reply.status)
        let bytes = reply.encoded(closes: closesAfterAnswer, omitsBody: omitsBody, extra: extraFields)
        write(bytes, reserved: reply.body.count)
        answered()
    }

    /// The request is done with; the next one may be read.
    func answered() {
        releaseBody()
        task = nil
        cancelsOnClose = false
        cancelsOnDisconnect = false
        keepAliveDeadline = nil
        extraFields = []
        services.table.endedAnswer(peer.connection, now: .now())
        guard !closesAfterAnswer else { return drain() }
        phase = .head
        omitsBody = false
        phaseDeadline = .now() + services.times.idle
        arm()
        process()
        readAgain()
    }
}
