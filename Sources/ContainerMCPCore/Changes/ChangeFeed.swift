// SPDX-License-Identifier: Apache-2.0

/// The changes that one listener is interested in, for one reader.
///
/// Equal changes that the reader has not fetched yet are one, so a slow reader holds no more than its interest has
/// names. A feed begins to gather when it is made, and ends with ``close()``, with the bus, or when it is let go.
public final class ChangeFeed: Sendable {
    private let bus: ChangeBus
    private let mailbox: ChangeMailbox
    private let number: UInt64

    init(bus: ChangeBus, mailbox: ChangeMailbox, number: UInt64) {
        self.bus = bus
        self.mailbox = mailbox
        self.number = number
    }

    deinit {
        bus.forget(number)
    }

    /// What the listener is interested in now.
    public var interest: ChangeInterest { mailbox.interest }

    /// The changes since the last call, each once; waits until there is one.
    ///
    /// - Returns: At least one change; nil when the feed or the bus has ended. Cancelling the task ends the wait with
    ///   nil and leaves the feed as it is.
    public func next() async -> [Change]? {
        await mailbox.next()
    }

    /// Adds a resource to the interest.
    ///
    /// - Parameter uri: The URI as it was asked for.
    /// - Returns: False where the interest has ``ChangeInterest/maximumNames`` names already.
    @discardableResult
    public func add(_ uri: String) -> Bool {
        mailbox.add(uri)
    }

    /// Takes a resource out of the interest, with the news of it that was not fetched.
    ///
    /// - Parameter uri: The URI as it was asked for.
    public func remove(_ uri: String) {
        mailbox.remove(uri)
    }

    /// Wants to hear no more of a task.
    ///
    /// - Parameter id: The identifier of the task.
    public func unfollow(task id: String) {
        mailbox.unfollow(id)
    }

    /// Wants to hear of a task as well.
    ///
    /// - Parameter id: The identifier of the task.
    /// - Returns: False where the feed has no room for more names.
    @discardableResult
    public func follow(task id: String) -> Bool {
        mailbox.follow(id)
    }

    /// Ends the feed; what was not fetched is dropped.
    public func close() {
        bus.forget(number)
        mailbox.end(droppingPending: true)
    }
}
