// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// A source of resources: things with a URI that clients list, read and watch.
///
/// A server may have several. Whoever serves asks them in order; the first that knows a URI answers.
public protocol ResourceProvider: Sendable {
    /// The families of URIs that it reads, beside those that it lists.
    var templates: [ResourceTemplate] { get }

    /// The resources that there are now and that the caller may know of; bounded, in a stable order.
    ///
    /// Lists can't ask the client, so what a policy would have to ask about is left out.
    ///
    /// - Parameter context: Who asks.
    /// - Returns: The resources.
    /// - Throws: ``ToolError`` if nothing can be said now, such as `busy`.
    func list(in context: CallContext) async throws(ToolError) -> [ResourceDescriptor]

    /// Reads a resource.
    ///
    /// - Parameters:
    ///   - uri: What to read, as the client wrote it.
    ///   - context: Who asks, and the way to permission.
    /// - Returns: The contents, at least one; nil where the URI is not one of this provider's, or nothing is there.
    /// - Throws: ``ToolError`` for what is there and can't or must not be read.
    func read(_ uri: String, in context: CallContext) async throws(ToolError) -> [ResourceContents]?

    /// Ways to complete a variable of one of its templates, or of the resource of a URI.
    ///
    /// - Parameters:
    ///   - variable: The name of the variable.
    ///   - template: The template as ``templates`` has it.
    ///   - value: What was typed so far.
    ///   - given: The values of other variables.
    ///   - context: Who asks.
    /// - Returns: Values that begin with what was typed, the best first; the server sends the first 100 of them.
    /// - Throws: ``ToolError`` if nothing can be said now.
    func complete(
        _ variable: String,
        of template: String,
        value: String,
        given: [String: String],
        in context: CallContext
    ) async throws(ToolError) -> [String]

    /// Begins to publish ``Change/resource(uri:)`` when a resource changes, appears or goes away.
    ///
    /// Balanced by ``unwatch(_:for:)``: watched twice, it has to be let go twice.
    ///
    /// - Parameters:
    ///   - uri: The resource, as the client wrote it; the news carry the same text.
    ///   - context: Who asks, and the way to permission.
    /// - Returns: False where it can't be watched, or the caller must not read it; then there is nothing to let go.
    func watch(_ uri: String, in context: CallContext) async -> Bool

    /// Lets a resource go that was watched.
    ///
    /// - Parameters:
    ///   - uri: The text that was given to ``watch(_:in:)``.
    ///   - caller: The one who watched it.
    func unwatch(_ uri: String, for caller: Caller) async

    /// Begins to publish ``Change/resources`` when the list may have changed. Balanced by ``unwatchList(for:)``.
    ///
    /// By default the list never changes by itself.
    ///
    /// - Parameter caller: Whose list it is.
    /// - Returns: False where it can't be watched; then there is nothing to let go.
    func watchList(for caller: Caller) async -> Bool

    /// Lets the list go that was watched.
    ///
    /// - Parameter caller: The one who watched it.
    func unwatchList(for caller: Caller) async
}

extension ResourceProvider {
    /// Says that the list does not change by itself.
    public func watchList(for caller: Caller) async -> Bool { false }

    /// Does nothing.
    public func unwatchList(for caller: Caller) async {}
}
