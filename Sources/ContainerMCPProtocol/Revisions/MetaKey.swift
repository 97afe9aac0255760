// SPDX-License-Identifier: Apache-2.0

/// The reserved keys of `_meta`.
public enum MetaKey {
    /// The protocol version of a request.
    public static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
    /// What the client can do, on each request.
    public static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
    /// Name and version of the client, for display.
    public static let clientInfo = "io.modelcontextprotocol/clientInfo"
    /// From which level on the client wants log messages about a request.
    public static let logLevel = "io.modelcontextprotocol/logLevel"
    /// Name and version of the server, on each result.
    public static let serverInfo = "io.modelcontextprotocol/serverInfo"
    /// The stream of changes that a message belongs to.
    public static let subscriptionID = "io.modelcontextprotocol/subscriptionId"
    /// The task that a message is about, in 2025-11-25.
    public static let relatedTask = "io.modelcontextprotocol/related-task"
    /// What a client wants progress notifications to carry.
    public static let progressToken = "progressToken"
}
