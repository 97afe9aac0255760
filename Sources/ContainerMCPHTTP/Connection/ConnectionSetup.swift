// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import Logging
import NIOCore

/// Equips each connection that the server accepts, and does the work for its requests.
struct ConnectionSetup: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let requests: AsyncStream<RequestTask>
    }

    let services: ConnectionServices

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let (requests, continuation) = AsyncStream.makeStream(of: RequestTask.self)
            let handler = ConnectionHandler(services: services, requests: continuation)
            try channel.pipeline.syncOperations.addHandler(handler)
            return Value(channel: channel, requests: requests)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            for await request in value.requests { await request.run() }
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }
}
