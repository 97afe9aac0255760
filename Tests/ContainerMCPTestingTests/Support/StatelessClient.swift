// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Synchronization

@testable import ContainerMCPCore

/// Sends requests of 2026-07-28 to a service as an HTTP door would: each on its own.
struct StatelessClient: Sendable {
    let service: MCPService
    var capabilities: JSONObject = [:]
    var caller: Caller

    /// Sends a request and gives the whole response.
    func request(
        _ method: String,
        _ params: JSONObject = [:],
        id: RequestID = .integer(1),
        meta: JSONObject = [:],
        news: News = News()
    ) async -> JSONValue {
        var params = params
        params["_meta"] = InMemoryClient.meta(capabilities, meta)
        let recording = WireRecording(.lines)
        recording.client(JSONRPCRequest(id: id, method: method, params: params).jsonValue)
        let outcome: RequestOutcome
        do throws(JSONRPCError) {
            let admitted = try ModernLadder(server: service.server)
                .admit(JSONRPCRequest(id: id, method: method, params: params))
            let notifications = Mutex(RequestNotifications(admitted.context))
            let link = RequestLink(
                tell: { event in
                    let message = notifications.withLock { notifications -> JSONValue? in
                        switch event {
                        case .progress(let update): notifications.progress(update)
                        case .log(let entry): notifications.log(entry)
                        case .breakStream: nil
                        }
                    }
                    if let message {
                        recording.server(message)
                        news.add(message)
                    }
                },
                write: { message in
                    recording.server(message)
                    news.add(message)
                }
            )
            outcome = await service.handle(admitted, from: caller, over: link)
        } catch {
            outcome = .failure(error)
        }
        let answer = outcome.message(id: id, revision: .v20260728, server: service.server)
        recording.server(answer)
        return answer
    }

    /// Calls a tool.
    func call(
        _ name: String,
        _ arguments: JSONObject = [:],
        responses: JSONValue? = nil,
        state: String? = nil
    ) async -> JSONValue {
        var params: JSONObject = ["name": .string(name), "arguments": .object(arguments)]
        params["inputResponses"] = responses
        params["requestState"] = state.map { .string($0) }
        return await request("tools/call", params)
    }
}
