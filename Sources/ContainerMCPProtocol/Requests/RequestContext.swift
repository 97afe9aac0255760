// SPDX-License-Identifier: Apache-2.0

/// How one request wants to be served: its revision, and what its client asked for and can do.
public struct RequestContext: Sendable, Equatable {
    /// The revision that the exchange speaks.
    public let revision: ProtocolRevision
    /// What progress notifications carry, nil if none are wanted.
    public let progressToken: ProgressToken?
    /// From which level on log messages about this request are wanted; nil in the legacy era, where the
    /// session says.
    public let logLevel: LogLevel?
    /// Who the client says it is.
    public let client: ClientInformation?
    /// What the client can do.
    public let clientCapabilities: ClientCapabilities

    /// Where the state of the exchange lives.
    public var era: ProtocolEra { revision.era }

    /// Makes a context.
    public init(
        revision: ProtocolRevision,
        progressToken: ProgressToken? = nil,
        logLevel: LogLevel? = nil,
        client: ClientInformation? = nil,
        clientCapabilities: ClientCapabilities = ClientCapabilities()
    ) {
        self.revision = revision
        self.progressToken = progressToken
        self.logLevel = logLevel
        self.client = client
        self.clientCapabilities = clientCapabilities
    }
}
