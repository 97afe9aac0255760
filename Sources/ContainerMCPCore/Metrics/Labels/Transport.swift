// SPDX-License-Identifier: Apache-2.0

extension ServerMetrics {
    /// The way on which a request came.
    public enum Transport: String, Sendable, CaseIterable {
        /// Standard input and output.
        case stdio
        /// `/sse` and `/messages`.
        case sse
        /// `/mcp`.
        case http
        /// A program that embeds the server, or its own transport.
        case embedded
    }
}
