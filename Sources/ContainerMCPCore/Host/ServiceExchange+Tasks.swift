// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

extension ServiceExchange {
    /// Who may see the task: owner and scope are looked at each time.
    private func owner() throws(JSONRPCError) -> JobOwner {
        guard caller.mayUseTasks else { throw .unknownTask }
        return JobOwner(caller)
    }

    func getTask(_ id: String) throws(JSONRPCError) -> RequestOutcome {
        .result(.task(try parts.jobs.snapshot(of: id, for: owner()), .get))
    }

    func listTasks(_ cursor: String?) throws(JSONRPCError) -> RequestOutcome {
        // As a page of what the caller could read.
        guard caller.mayUseTasks || cursor != nil else { return .result(.tasks([])) }
        let page = try parts.jobs.list(for: owner(), from: cursor)
        return .result(.tasks(page.jobs, nextCursor: page.nextCursor))
    }

    func cancelTask(_ id: String) async throws(JSONRPCError) -> RequestOutcome {
        let cancellation = try await parts.jobs.cancel(id, for: owner())
        if cancellation.hadEnded, !isModern { throw .taskHasEnded }
        return .result(.task(cancellation.snapshot, .cancelled))
    }

    func updateTask(_ id: String, _ responses: JSONObject) throws(JSONRPCError) -> RequestOutcome {
        try parts.jobs.update(id, for: owner(), responses: responses)
        return .result(.empty)
    }

    /// Waits for the end of a task (MCP 2025-11-25); meanwhile its questions and its news go the way of this request.
    func taskResult(_ id: String) async throws(JSONRPCError) -> RequestOutcome {
        let owner = try owner()
        // Before anything of the task can be heard.
        guard parts.jobs.current(id, for: owner) != nil else { throw JobError.unknown }
        let talk = parts.talks.talk(of: id)
        let number = talk?.attach(link)
        defer { if let number { talk?.detach(number) } }
        var known: Set<String> = []
        while true {
            let task = try await parts.jobs.waitForEnd(of: id, for: owner, orQuestionsBeside: known)
            if task.outcome != nil {
                if case .failure(let error)? = task.outcome { throw error }
                return .result(.task(task, .result))
            }
            for question in task.questions where known.insert(question.key).inserted {
                guard let ask = link.ask, talk?.claim(question.key) ?? true else { continue }
                if await !TaskQuestion(question, of: id, parts.jobs, owner).put(to: ask) {
                    talk?.release(question.key)
                }
            }
        }
    }
}

extension Caller {
    /// Whether the caller's token is good for what tasks do.
    var mayUseTasks: Bool { subject.scopes?.contains(.exec) ?? true }
}

extension JobOwner {
    /// Whom the tasks of a caller belong to.
    init(_ caller: Caller) {
        if caller.subject.isAuthenticated {
            self = .subject(caller.subject.id)
        } else if let conversation = caller.conversation {
            self = .conversation(conversation)
        } else {
            self = .anonymous
        }
    }
}
