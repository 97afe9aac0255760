// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// One open question of a task of MCP 2025-11-25, to be put to the client as a request of the server.
struct TaskQuestion: Sendable {
    private let question: InputQuestion
    private let id: String
    private let jobs: JobStore
    private let owner: JobOwner

    init(_ question: InputQuestion, of id: String, _ jobs: JobStore, _ owner: JobOwner) {
        self.question = question
        self.id = id
        self.jobs = jobs
        self.owner = owner
    }

    /// Puts the question, and hands on the answer.
    ///
    /// - Returns: False where it was not put, or nobody waits for the answer any more: the question stays open.
    func put(to ask: @escaping RequestLink.Ask) async -> Bool {
        let failure: ToolError
        switch await answer(ask) {
        case .success(let answer):
            do throws(JSONRPCError) {
                try jobs.update(id, for: owner, responses: [question.key: answer])
                return true
            } catch {
                failure = ToolError(.invalidArgument, "The client's answer can't be used: \(error.message).")
            }
        // A request that was given up, or another client, says nothing about the task.
        case .failure(.cancelled), .failure(.unsupported): return false
        case .failure(let error): failure = RoundTrips.refusal(error)
        }
        do throws(JSONRPCError) {
            try jobs.giveUp(question.key, of: id, for: owner, failure)
        } catch {
            // Unknown: the task is over, and so is its question.
        }
        return true
    }

    /// The answer; the question is taken back when the task ends first.
    private func answer(_ ask: @escaping RequestLink.Ask) async -> Result<JSONValue, RequestLink.AskFailure> {
        let asking = Task { [question, id] in await ask(question, id) }
        let watch = Task { [jobs, id, owner] in
            do throws(JSONRPCError) {
                _ = try await jobs.waitForEnd(of: id, for: owner, isClient: false)
                asking.cancel()
            } catch {
                // Of a task that is gone nobody wants an answer; the other errors say nothing about it.
                if error == JobError.unknown { asking.cancel() }
            }
        }
        defer { watch.cancel() }
        return await withTaskCancellationHandler {
            await asking.value
        } onCancel: {
            asking.cancel()
        }
    }
}
