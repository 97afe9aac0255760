// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import Synchronization

/// Resources of each kind: text, bytes, one that changes, and a family of URIs.
///
/// A program may have several providers. They are asked in order, and the first that knows a URI answers.
final class FixtureResources: ResourceProvider {
    /// The URI of the resource that changes.
    static let watched = "test://watched-resource"

    private static let text = "test://static-text"
    private static let binary = "test://static-binary"
    private static let template = ResourceTemplate(
        uriTemplate: "test://template/{id}/data",
        name: "template-data",
        title: "Data by identifier",
        summary: "A JSON text that holds the identifier.",
        mimeType: "application/json"
    )

    private let changes: ChangeBus
    private let version = Mutex(1)

    /// Makes the resources.
    ///
    /// - Parameter changes: Where a change is announced; the bus of the catalogue.
    init(changes: ChangeBus) {
        self.changes = changes
    }

    var templates: [ResourceTemplate] { [Self.template] }

    func list(in context: CallContext) async throws(ToolError) -> [ResourceDescriptor] {
        [
            ResourceDescriptor(
                uri: Self.text,
                name: "static-text",
                title: "Text",
                summary: "A text that never changes.",
                mimeType: "text/plain"
            ),
            ResourceDescriptor(
                uri: Self.binary,
                name: "static-binary",
                title: "Picture",
                summary: "A picture that never changes.",
                mimeType: "image/png"
            ),
            ResourceDescriptor(
                uri: Self.watched,
                name: "watched-resource",
                title: "Version",
                summary: "A text that test_trigger_resource_change changes.",
                mimeType: "text/plain"
            ),
        ]
    }

    func read(_ uri: String, in context: CallContext) async throws(ToolError) -> [ResourceContents]? {
        switch uri {
        case Self.text:
            return [
                ResourceContents(
                    uri: uri,
                    mimeType: "text/plain",
                    payload: .text("This is the content of the static text resource.")
                )
            ]
        case Self.binary:
            return [
                ResourceContents(uri: uri, mimeType: "image/png", payload: .blob(base64: SampleMedia.redDot))
            ]
        case Self.watched:
            let version = version.withLock(\.self)
            return [ResourceContents(uri: uri, mimeType: "text/plain", payload: .text("Version \(version)"))]
        default:
            // Nil means that nothing is there; the library words the error as the client's revision has it.
            guard let id = Self.template.match(uri)?["id"] else { return nil }
            let data: JSONValue = ["id": .string(id), "templateTest": true, "data": "Data for ID: \(id)"]
            return [
                ResourceContents(
                    uri: uri,
                    mimeType: "application/json",
                    payload: .text(data.encodedString())
                )
            ]
        }
    }

    func complete(
        _ variable: String,
        of template: String,
        value: String,
        given: [String: String],
        in context: CallContext
    ) async throws(ToolError) -> [String] {
        ["1", "12", "123"].filter { $0.hasPrefix(value) }
    }

    /// Agrees for everything that can be read; that a client waits for what never changes does no harm.
    func watch(_ uri: String, in context: CallContext) async -> Bool {
        [Self.text, Self.binary, Self.watched].contains(uri) || Self.template.match(uri) != nil
    }

    /// Does nothing: changes are announced whether or not somebody watches.
    func unwatch(_ uri: String, for caller: Caller) async {}

    /// Changes the watched resource, and announces it.
    ///
    /// - Returns: The number of its new version.
    func changeWatched() -> Int {
        let version = version.withLock { version in
            version += 1
            return version
        }
        changes.publish(.resource(uri: Self.watched))
        return version
    }
}
