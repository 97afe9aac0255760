// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Passes on what changes: lists, resources and tasks, to every listener that is interested.
///
/// One bus serves all transports and revisions. Nothing is replayed: a listener hears of what changes after its feed
/// was made.
public final class ChangeBus: Sendable {
    private struct State {
        var mailboxes: [UInt64: ChangeMailbox] = [:]
        var lastNumber: UInt64 = 0
        var isEnded = false
    }

    private let state = Mutex(State())

    private let scope: SandboxSettings.Scope

    /// Makes a bus without listeners.
    ///
    /// - Parameter scope: Who shares a workspace, and so hears of what changes there.
    public init(scope: SandboxSettings.Scope = .shared) {
        self.scope = scope
    }

    /// Tells everyone who is interested; never waits.
    ///
    /// - Parameters:
    ///   - change: What changed.
    ///   - workspace: Whose workspace it belongs to; nil where it is everybody's.
    public func publish(_ change: Change, in workspace: WorkspaceKey? = nil) {
        let mailboxes = state.withLock { Array($0.mailboxes.values) }
        for mailbox in mailboxes { mailbox.offer(change, in: workspace) }
    }

    /// Makes a feed for a caller, who hears of its own workspace and of what is everybody's.
    ///
    /// - Parameters:
    ///   - interest: What it wants to hear of.
    ///   - caller: Who listens.
    /// - Returns: The feed; see ``feed(_:)``.
    public func feed(_ interest: ChangeInterest, for caller: Caller) -> ChangeFeed {
        var interest = interest
        // One without a workspace hears of none.
        interest.workspace = try? WorkspaceKey(for: caller, scope: scope)
        return feed(interest)
    }

    /// Makes a feed, which gathers from now on.
    ///
    /// How many feeds there are is for the caller to bound: one for a session, a channel or a subscription.
    ///
    /// - Parameter interest: What its listener wants to hear of.
    /// - Returns: The feed; one that has ended where the bus has.
    public func feed(_ interest: ChangeInterest) -> ChangeFeed {
        let (number, mailbox) = state.withLock { state in
            let mailbox = ChangeMailbox(interest, isEnded: state.isEnded)
            state.lastNumber &+= 1
            if !state.isEnded { state.mailboxes[state.lastNumber] = mailbox }
            return (state.lastNumber, mailbox)
        }
        return ChangeFeed(bus: self, mailbox: mailbox, number: number)
    }

    /// Ends every feed: what is pending there can still be fetched, then comes nil.
    public func end() {
        let mailboxes = state.withLock { state in
            state.isEnded = true
            defer { state.mailboxes = [:] }
            return Array(state.mailboxes.values)
        }
        for mailbox in mailboxes { mailbox.end(droppingPending: false) }
    }

    func forget(_ number: UInt64) {
        // Let go outside the lock.
        _ = state.withLock { $0.mailboxes.removeValue(forKey: number) }
    }

    /// How many feeds there are.
    var feedCount: Int { state.withLock { $0.mailboxes.count } }
}
