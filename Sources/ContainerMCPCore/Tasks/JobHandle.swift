// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// The way for the work of a job to tell about itself.
public struct JobHandle: Sendable {
    private let store: JobStore
    private let owner: JobOwner
    /// The job as it was made, for the answer that hands it to the client: still working, whatever came after.
    public let opening: TaskSnapshot

    init(store: JobStore, owner: JobOwner, opening: TaskSnapshot) {
        self.store = store
        self.owner = owner
        self.opening = opening
    }

    /// The identifier of the job.
    public var id: String { opening.id }

    /// Says that the work has begun, and how to end it.
    ///
    /// - Parameter cancel: Ends the work; called at most once, at once where the job is over already. Must not block.
    ///   Until ``finish(_:)`` the store counts the work as running, also after it was cancelled.
    public func started(cancel: @escaping @Sendable () -> Void) {
        store.started(id, owner: owner, cancel)
    }

    /// Says what is going on, for the user or the model.
    ///
    /// - Parameter message: Cut to 512 bytes on one line. Never anything that a program wrote.
    public func status(_ message: String) {
        store.setMessage(message, of: id)
    }

    /// Asks the client and waits for the answers.
    ///
    /// Cancelling the calling task withdraws the questions.
    ///
    /// - Parameter questions: Only of kinds that the creating call declared; their keys are different.
    /// - Returns: The answers by the keys of the questions, one for each; that a user declines is an answer, too.
    /// - Throws: ``ToolError`` with code `limitExceeded` for too many questions or rounds and where no answer came in
    ///   time, `denied` for a kind that was not declared, `cancelled` when the job is over.
    public func ask(_ questions: [InputQuestion]) async throws(ToolError) -> [String: JobAnswer] {
        try await store.ask(questions, of: id)
    }

    /// Ends the job; the first end wins, and what comes later is dropped.
    ///
    /// To be called once the work is over, its processes included, also when it was cancelled.
    ///
    /// - Parameter outcome: How it ends. One that is too large becomes a tool error.
    public func finish(_ outcome: JobOutcome) async {
        await store.finish(id, outcome)
    }

    /// Cancels the job, for a client that could not be told of it.
    public func cancel() async {
        do throws(JSONRPCError) {
            _ = try await store.cancel(id, for: owner)
        } catch {
            // Unknown: it is gone already, which is what was wanted.
        }
    }
}
