// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import NIOCore

/// Speaks HTTP/1.1 on one connection: one request at a time, every wait and every buffer with an end.
///
/// It lives on the event loop of its channel. What a request asks for is done by a task elsewhere, which
/// answers through an ``Exchange``.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Waiting for a request, or in its head.
        case head
        case body
        case answering
        case streaming
        /// Answered for the last time; what still comes is dropped.
        case draining
        case over
    }

    /// What becomes of a request once its body has come.
    enum Plan {
        case reply(HTTPReply)
        case work(Admission.Work)
    }

    struct PendingSend {
        let bytes: [UInt8]
        let continuation: CheckedContinuation<Bool, Never>
    }

    /// What is read before one request is answered; then reading pauses.
    static let readAhead = 64 << 10
    /// What a stream may have on its way before its writers wait.
    static let streamBytes = 1 << 20
    static let streamEvents = 256

    let services: ConnectionServices
    let requests: AsyncStream<RequestTask>.Continuation
    var context: ChannelHandlerContext?
    var peer = Peer(address: "local", connection: 0)

    var parser: RequestParser
    var input: ArraySlice<UInt8> = []
    var phase = Phase.head
    var isInHead = false
    var isProcessing = false
    var isInputClosed = false
    private var wantsRead = false
    private var isFinished = false

    var plan: Plan?
    var body: [UInt8] = []
    var bodyLimit = 0
    var reservedBody = 0
    var exchange: UInt64 = 0
    var extraFields: [HeaderFields.Field] = []
    var closesAfterAnswer = false
    var omitsBody = false
    var isChunked = true
    var task: RequestTask?
    /// Whether the task that comes is one that the end of the connection cancels, from its beginning on.
    var endsTaskWithConnection = false
    /// Whether the end of the connection cancels the task.
    var cancelsOnClose = false
    /// Whether the end of what the client sends does so, too.
    var cancelsOnDisconnect = false

    var sends: [PendingSend] = []
    var endsAfterSends = false
    var isSending = false
    var unsentBytes = 0
    var unsentWrites = 0

    var phaseDeadline: NIODeadline?
    var keepAliveDeadline: NIODeadline?
    var stallCheck: NIODeadline?
    var lastProgress = NIODeadline.distantPast
    var lastBuffered = 0
    var timer: Scheduled<Void>?
    var timerTime = NIODeadline.distantFuture

    init(services: ConnectionServices, requests: AsyncStream<RequestTask>.Continuation) {
        self.services = services
        self.requests = requests
        parser = RequestParser(limits: services.limits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        let now = NIODeadline.now()
        guard let number = services.table.add(now: now, close: { channel.close(promise: nil) }) else {
            context.close(promise: nil)
            return
        }
        peer = Peer(address: context.remoteAddress?.ipAddress ?? "local", connection: number)
        phaseDeadline = now + services.times.idle
        arm()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            inputClosed()
        } else if event is ChannelShouldQuiesceEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// A client that has sent its last byte may still read an answer, unless what it asked for ends with it.
    private func inputClosed() {
        isInputClosed = true
        let isBusy = phase == .answering || phase == .streaming
        if isBusy, !cancelsOnDisconnect {
            closesAfterAnswer = true
        } else if phase != .draining || unsentBytes == 0 {
            context?.close(promise: nil)
        }
    }

    func read(context: ChannelHandlerContext) {
        let isBusy = phase == .answering || phase == .streaming
        if isBusy, input.count >= Self.readAhead {
            wantsRead = true
        } else {
            context.read()
        }
    }

    func readAgain() {
        guard wantsRead else { return }
        wantsRead = false
        context?.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .draining, phase != .over else { return }
        let buffer = Self.unwrapInboundIn(data)
        if input.isEmpty {
            input = Array(buffer.readableBytesView)[...]
        } else {
            input.append(contentsOf: buffer.readableBytesView)
        }
        process()
    }

    /// Ends everything, once the channel is gone.
    private func finish() {
        guard !isFinished else { return }
        isFinished = true
        if phase == .streaming { services.metrics.streamClosed() }
        phase = .over
        isInputClosed = true
        services.table.remove(peer.connection)
        releaseBody()
        input = []
        timer?.cancel()
        timer = nil
        if cancelsOnClose { task?.cancel() }
        for send in sends {
            services.output.release(send.bytes.count)
            send.continuation.resume(returning: false)
        }
        sends = []
        requests.finish()
    }

    func releaseBody() {
        services.bodies.release(reservedBody)
        reservedBody = 0
        body = []
        plan = nil
    }
}
