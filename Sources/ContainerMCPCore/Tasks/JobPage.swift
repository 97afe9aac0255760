// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// Some of the jobs of an owner, newest first.
public struct JobPage: Sendable, Equatable {
    /// The jobs.
    public let jobs: [TaskSnapshot]
    /// Where the next page begins; nil for the last page.
    public let nextCursor: String?

    /// Makes a page.
    public init(jobs: [TaskSnapshot], nextCursor: String?) {
        self.jobs = jobs
        self.nextCursor = nextCursor
    }
}
