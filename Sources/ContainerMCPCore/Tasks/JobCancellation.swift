// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// What a cancellation came to.
public struct JobCancellation: Sendable, Equatable {
    /// The job after it.
    public let snapshot: TaskSnapshot
    /// Whether the job had ended before, so that nothing changed.
    public let hadEnded: Bool

    /// Makes an account of a cancellation.
    public init(snapshot: TaskSnapshot, hadEnded: Bool) {
        self.snapshot = snapshot
        self.hadEnded = hadEnded
    }
}
