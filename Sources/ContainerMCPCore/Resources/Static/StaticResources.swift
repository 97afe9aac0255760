// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// Resources of the server itself, fixed from its start on.
///
/// It should be asked first: then the first resource of every list can be read by whoever sees it.
public struct StaticResources: ResourceProvider {
    private let resources: [StaticResource]

    /// Makes a provider.
    ///
    /// - Parameter resources: In the order of the list; of equal URIs the first counts.
    public init(_ resources: [StaticResource]) {
        self.resources = resources
    }

    /// None.
    public var templates: [ResourceTemplate] { [] }

    /// The resources that the caller may read.
    public func list(in context: CallContext) async throws(ToolError) -> [ResourceDescriptor] {
        resources.compactMap { resource in
            // One that is refused, or that would have to be asked about, is not listed.
            guard (try? resource.requirePermission(context)) != nil else { return nil }
            return resource.descriptor
        }
    }

    /// Reads a resource by its exact URI.
    public func read(_ uri: String, in context: CallContext) async throws(ToolError) -> [ResourceContents]? {
        guard let resource = resources.first(where: { $0.descriptor.uri.utf8.elementsEqual(uri.utf8) }) else {
            return nil
        }
        try resource.requirePermission(context)
        let type = resource.descriptor.mimeType
        return [ResourceContents(uri: uri, mimeType: type, payload: .text(resource.text()))]
    }

    /// Nothing, for there are no templates.
    public func complete(
        _ variable: String,
        of template: String,
        value: String,
        given: [String: String],
        in context: CallContext
    ) async throws(ToolError) -> [String] {
        []
    }

    /// Agrees for a resource that the caller may read, though it never changes: a client that subscribes to it is
    /// right to wait in silence.
    public func watch(_ uri: String, in context: CallContext) async -> Bool {
        guard let resource = resources.first(where: { $0.descriptor.uri.utf8.elementsEqual(uri.utf8) }) else {
            return false
        }
        // Refused or in need of a question: it can't be watched.
        return (try? resource.requirePermission(context)) != nil
    }

    /// Does nothing.
    public func unwatch(_ uri: String, for caller: Caller) async {}
}
