// SPDX-License-Identifier: Apache-2.0

/// One message of a prompt or of a question to a model.
public struct PromptMessage: Sendable, Equatable {
    /// Who says it.
    public enum Role: String, Sendable, Hashable {
        /// The person.
        case user
        /// The model.
        case assistant
    }

    /// Who says it.
    public let role: Role
    /// What is said.
    public let content: ContentBlock

    /// Makes a message.
    public init(role: Role, content: ContentBlock) {
        self.role = role
        self.content = content
    }

    /// Makes a message of the person.
    public static func user(_ text: String) -> PromptMessage {
        PromptMessage(role: .user, content: .text(text))
    }

    /// Makes a message of the model.
    public static func assistant(_ text: String) -> PromptMessage {
        PromptMessage(role: .assistant, content: .text(text))
    }

    /// The message as a revision knows it.
    public func jsonValue(for revision: ProtocolRevision) -> JSONValue {
        [
            "role": .string(role.rawValue),
            "content": content.jsonValue(for: revision, droppedContent: nil),
        ]
    }

    /// The message inside a question to a model, where no revision has resources and links.
    func samplingValue(for revision: ProtocolRevision) -> JSONValue {
        let spoken =
            switch content.payload {
            case .textResource(_, _, let text):
                ContentBlock(.text(text), annotations: content.annotations)
            case .binaryResource(let uri, let mimeType, _):
                ContentBlock.text("[\(mimeType ?? "binary") resource left out: \(uri)]")
            case .resourceLink(let link):
                ContentBlock(.text(link.asText), annotations: content.annotations)
            case .text, .structuredAccount, .image, .audio:
                content
            }
        return PromptMessage(role: role, content: spoken).jsonValue(for: revision)
    }
}
