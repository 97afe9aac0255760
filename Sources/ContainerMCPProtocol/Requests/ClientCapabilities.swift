// SPDX-License-Identifier: Apache-2.0

/// What the client says it can do.
public struct ClientCapabilities: Sendable, Equatable {
    /// The declaration as it came.
    public let declared: JSONObject

    /// Makes capabilities from a declaration.
    public init(_ declared: JSONObject = [:]) {
        self.declared = declared
    }

    /// Whether the client can show a form; an elicitation capability that names no mode means this one.
    public var hasFormElicitation: Bool {
        guard let elicitation = declared["elicitation"]?.objectValue else { return false }
        return elicitation["form"]?.objectValue != nil || elicitation["url"] == nil
    }

    /// Whether the client can send its user to a web address.
    public var hasURLElicitation: Bool {
        declared["elicitation"]?["url"]?.objectValue != nil
    }

    /// Whether the client lets its model be asked.
    public var hasSampling: Bool { declared["sampling"]?.objectValue != nil }

    /// Whether the client tells the directories it works on.
    public var hasRoots: Bool { declared["roots"]?.objectValue != nil }

    /// Whether the client declares the extension of tasks; a value that is no object declares nothing.
    public var hasTasks: Bool { declares(extension: ExtensionName.tasks) }

    /// Whether the client declares an extension by its name; a value that is no object declares nothing.
    public func declares(extension name: String) -> Bool {
        declared["extensions"]?[name]?.objectValue != nil
    }
}
