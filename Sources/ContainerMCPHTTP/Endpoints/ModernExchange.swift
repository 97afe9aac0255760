// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// The answer to one 2026-07-28 request, which is complete in itself and ends with its connection.
///
/// Whether it is JSON or a stream is decided as late as can be: by the first notification that the client
/// asked for, by the outcome, or by a long silence. Only a stream of changes is one from the start.
struct ModernExchange: Sendable {
    let service: MCPService
    let admitted: AdmittedRequest
    let caller: Caller
    let forms: AcceptedForms
    let exchange: Exchange
    let silence: SilenceWatch
    let subscriptions: OpenSubscriptions
    let counters: StreamCounters

    private var isListening: Bool {
        if case .listen = admitted.request { true } else { false }
    }

    /// Serves the request; returns when its work has ended, also where the connection ended first.
    func run() async {
        guard forms.events || !isListening else {
            let error = JSONRPCError(
                .invalidRequest,
                "'subscriptions/listen' is answered by a stream: accept text/event-stream"
            )
            return exchange.reply(.error(406, error, id: admitted.id))
        }
        guard isListening || wantsNews else { return await answerQuietly() }
        let queue = NotificationQueue(admitted, hasStream: forms.events, counters: counters)
        let link = RequestLink(
            tell: { event in
                switch event {
                case .progress(let update): queue.progress(update)
                case .log(let entry): queue.log(entry)
                // There is nothing to come back to.
                case .breakStream: break
                }
            },
            write: { await queue.write($0) }
        )
        let work = Task { queue.finish(await service.handle(admitted, from: caller, over: link)) }
        let subscription = isListening ? subscriptions.add { work.cancel() } : nil
        await withTaskCancellationHandler {
            await answer(queue, work)
            await work.value
        } onCancel: {
            work.cancel()
            queue.close()
        }
        if let subscription { subscriptions.remove(subscription) }
    }

    /// Whether something may be said before the answer.
    private var wantsNews: Bool {
        forms.events && (admitted.context.progressToken != nil || admitted.context.logLevel != nil)
    }

    /// Serves a request about which nothing is said; the end of its connection cancels the task, and with it the work.
    private func answerQuietly() async {
        let answer = QuietAnswer(exchange)
        let watched = forms.events ? silence.add { answer.noteSilence() } : nil
        let outcome = await service.handle(admitted, from: caller)
        if let watched { silence.remove(watched) }
        await finish(outcome, on: answer.finish())
    }

    /// Answers, on the stream if there is one.
    private func finish(_ outcome: RequestOutcome, on stream: EventStream?) async {
        guard let stream else {
            reply(outcome)
            return await abandonUnread(outcome, wasSent: !Task.isCancelled)
        }
        let wasSent = await stream.send(message: message(outcome).encoded())
        stream.end()
        await abandonUnread(outcome, wasSent: wasSent && !Task.isCancelled)
    }

    private func answer(_ queue: NotificationQueue, _ work: Task<Void, Never>) async {
        var stream = isListening ? exchange.openStream(fields: MCPEndpoint.streamFields) : nil
        let watched = forms.events ? silence.add { queue.noteSilence() } : nil
        defer { if let watched { silence.remove(watched) } }
        while true {
            switch await queue.next() {
            case .message(let message):
                let open = stream ?? exchange.openStream(fields: MCPEndpoint.streamFields)
                stream = open
                guard await open.send(message: message.encoded()) else {
                    queue.close()
                    work.cancel()
                    return
                }
            case .silence:
                stream = stream ?? exchange.openStream(fields: MCPEndpoint.streamFields)
            case .outcome(let outcome):
                return await finish(outcome, on: stream)
            case .overflow:
                queue.close()
                work.cancel()
                stream?.drop()
                return
            }
        }
    }

    /// Nobody knows of a task whose handle did not reach its client.
    private func abandonUnread(_ outcome: RequestOutcome, wasSent: Bool) async {
        guard !wasSent else { return }
        await service.lost(outcome, from: caller)
    }

    private func reply(_ outcome: RequestOutcome) {
        var reply = HTTPReply.answer(message(outcome), in: forms)
        // What a handler throws rides in a 200; only what the client lacks is told by the status too.
        if case .failure(let error) = outcome {
            if error.code == .missingClientCapability { reply.status = 400 }
            if error == JobError.readTooOften { reply.status = 429 }
        }
        exchange.reply(reply)
    }

    private func message(_ outcome: RequestOutcome) -> JSONValue {
        let message = outcome.message(
            id: admitted.id,
            revision: admitted.context.revision,
            server: service.server
        )
        service.metrics.messageSent(message, over: .http, era: .modern)
        return message
    }
}
