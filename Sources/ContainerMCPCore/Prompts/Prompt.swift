// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// A text that a user picks to begin a conversation with, filled in with what they gave.
public protocol Prompt: Sendable {
    /// The prompt as clients see it.
    var descriptor: PromptDescriptor { get }

    /// Makes the messages.
    ///
    /// - Parameters:
    ///   - arguments: By name; those that are required are there. Unknown ones are passed over.
    ///   - context: Who asks, and the way to permission.
    /// - Returns: The messages.
    /// - Throws: ``ToolError`` for an argument that can't be used.
    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult

    /// Ways to complete an argument.
    ///
    /// - Parameters:
    ///   - argument: The name of the argument.
    ///   - value: What was typed so far.
    ///   - given: The values of other arguments.
    ///   - context: Who asks.
    /// - Returns: Values that begin with what was typed, the best first; the server sends the first 100 of them.
    /// - Throws: ``ToolError`` if nothing can be said now.
    func complete(
        _ argument: String,
        value: String,
        given: [String: String],
        in context: CallContext
    ) async throws(ToolError) -> [String]
}

extension Prompt {
    /// Offers nothing.
    public func complete(
        _ argument: String,
        value: String,
        given: [String: String],
        in context: CallContext
    ) async throws(ToolError) -> [String] {
        []
    }
}
