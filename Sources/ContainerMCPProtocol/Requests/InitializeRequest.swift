// SPDX-License-Identifier: Apache-2.0

/// The parameters of `initialize`.
public struct InitializeRequest: Sendable, Equatable {
    /// The version that the client would like to speak.
    public let protocolVersion: String
    /// What the client can do.
    public let capabilities: ClientCapabilities
    /// Who the client says it is.
    public let client: ClientInformation

    /// Reads the parameters.
    ///
    /// - Throws: `-32602` if a member is missing or of the wrong type.
    public init(_ params: JSONObject?) throws(JSONRPCError) {
        let parameters = Parameters(params, of: "initialize")
        self.protocolVersion = try parameters.string("protocolVersion")
        self.capabilities = ClientCapabilities(try parameters.object("capabilities"))
        self.client = try ClientInformation(try parameters.object("clientInfo"))
    }

    /// The revision that the session will speak.
    public var negotiatedRevision: ProtocolRevision {
        .negotiated(requested: protocolVersion)
    }
}
