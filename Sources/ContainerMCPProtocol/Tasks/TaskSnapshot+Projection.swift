// SPDX-License-Identifier: Apache-2.0

extension TaskSnapshot {
    /// The notification that the task has changed.
    ///
    /// - Parameters:
    ///   - revision: The revision in force.
    ///   - subscription: The subscription that carries it in 2026-07-28; not used in 2025-11-25.
    /// - Returns: The notification, nil where the revision has none or needs a subscription.
    public func notification(for revision: ProtocolRevision, subscription: RequestID? = nil)
        -> JSONRPCNotification?
    {
        if revision.has(.coreTasks) {
            return JSONRPCNotification(method: MethodName.taskStatusNotification, params: coreMembers)
        }
        guard revision.has(.taskExtension), let subscription else { return nil }
        var params: JSONObject = ["_meta": [MetaKey.subscriptionID: subscription.jsonValue]]
        for (key, value) in extensionMembers(withDetails: true) { params[key] = value }
        return JSONRPCNotification(method: MethodName.taskNotification, params: params)
    }

    /// What `_meta` says on everything about a task in 2025-11-25.
    static func relatedMeta(_ id: String) -> JSONObject {
        [MetaKey.relatedTask: ["taskId": .string(id)]]
    }

    /// The error that an answer to `tasks/result` is, nil if it is a result.
    var resultError: JSONRPCError? {
        switch outcome {
        case .failure(let error)?: error
        case nil: JSONRPCError(.internalError, "the task has not ended yet")
        case .result?, .cancelled?: nil
        }
    }

    /// The members of an answer, without what the envelope adds.
    func members(of message: TaskMessage, for revision: ProtocolRevision) -> JSONObject {
        revision.has(.taskExtension) ? extensionMembers(of: message) : coreMembers(of: message, for: revision)
    }

    private func extensionMembers(of message: TaskMessage) -> JSONObject {
        switch message {
        case .handle:
            var object: JSONObject = ["resultType": "task"]
            for (key, value) in extensionMembers(withDetails: false) { object[key] = value }
            return object
        case .get: return extensionMembers(withDetails: true)
        case .cancelled, .result: return [:]
        }
    }

    private func extensionMembers(withDetails: Bool) -> JSONObject {
        var object = members(.modern, status(in: .modern), times: ("ttlMs", "pollIntervalMs"))
        guard withDetails else { return object }
        switch outcome {
        case nil:
            if isAsking { object["inputRequests"] = InputQuestion.jsonValue(questions) }
        case .result(let result)?:
            var inner: JSONObject = ["resultType": "complete"]
            for (key, value) in result.members(for: .v20260728) { inner[key] = value }
            object["result"] = .object(inner)
        case .failure(let error)?:
            object["error"] = error.jsonValue
        case .cancelled?:
            break
        }
        return object
    }

    private var coreMembers: JSONObject {
        members(.legacy, status(in: .legacy), times: ("ttl", "pollInterval"))
    }

    private func coreMembers(of message: TaskMessage, for revision: ProtocolRevision) -> JSONObject {
        switch message {
        case .handle:
            // A client takes the handle for the beginning; how it went on is told by the other messages.
            var task = self
            if task.outcome != nil { task.statusMessage = nil }
            return ["task": .object(task.members(.legacy, .working, times: ("ttl", "pollInterval")))]
        case .get, .cancelled:
            return coreMembers
        case .result:
            var result = resultOfCall
            var meta = result.meta ?? [:]
            for (key, value) in Self.relatedMeta(id) { meta[key] = value }
            result.meta = meta
            return result.members(for: revision)
        }
    }

    private var resultOfCall: ToolResult {
        if case .result(let result)? = outcome { return result }
        return ToolResult(content: [.text("The task was cancelled.")], isError: true)
    }

    private func members(
        _ era: ProtocolEra,
        _ status: Status,
        times: (ttl: String, pollInterval: String)
    ) -> JSONObject {
        var object: JSONObject = ["taskId": .string(id), "status": .string(status.rawValue)]
        object["statusMessage"] = statusMessage.map { .string($0) }
        object["createdAt"] = .string(createdAt)
        object["lastUpdatedAt"] = .string(lastUpdatedAt)
        object[times.ttl] = .integer(max(ttl, 1))
        object[times.pollInterval] = .integer(max(pollInterval, 1))
        return object
    }
}
