// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// One resource of the server itself, with a text that is made when it is read.
public struct StaticResource: Sendable {
    /// The resource as lists show it.
    public let descriptor: ResourceDescriptor
    let requirePermission: @Sendable (CallContext) throws(ToolError) -> Void
    let text: @Sendable () -> String

    /// Makes a resource.
    ///
    /// - Parameters:
    ///   - descriptor: The resource as lists show it.
    ///   - requirePermission: Asks for what reading it needs, and throws where that is refused; by default nothing.
    ///   - text: Makes the text.
    public init(
        _ descriptor: ResourceDescriptor,
        requirePermission: @escaping @Sendable (CallContext) throws(ToolError) -> Void = { _ in },
        text: @escaping @Sendable () -> String
    ) {
        self.descriptor = descriptor
        self.requirePermission = requirePermission
        self.text = text
    }
}
