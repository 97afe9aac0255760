// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// What is to become a job.
public struct JobOrder: Sendable {
    /// The name of the tool.
    public var tool: String
    /// The longest time that the work may run, waits left out.
    public var wallLimit: Duration
    /// How long the client wishes the job to be kept, in milliseconds from its creation; a wish, not yet bounded.
    public var wishedLifetime: Int64?
    /// What the client of the creating call can be asked.
    public var capabilities: ClientCapabilities
    /// The revision of the creating call, which decides what its capabilities mean.
    public var revision: ProtocolRevision
    /// What the job says about itself at first.
    public var message: String?

    /// Makes an order.
    public init(
        tool: String,
        wallLimit: Duration,
        wishedLifetime: Int64? = nil,
        capabilities: ClientCapabilities,
        revision: ProtocolRevision,
        message: String? = "running"
    ) {
        self.tool = tool
        self.wallLimit = wallLimit
        self.wishedLifetime = wishedLifetime
        self.capabilities = capabilities
        self.revision = revision
        self.message = message
    }
}
