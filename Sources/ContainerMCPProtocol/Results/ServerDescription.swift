// SPDX-License-Identifier: Apache-2.0

/// What the server says about itself, and what the protocol layer must know to refuse what isn't there.
public struct ServerDescription: Sendable, Equatable {
    /// The name of the server, for programs.
    public var name: String
    /// Its version.
    public var version: String
    /// Its name for people.
    public var title: String?
    /// One sentence about it.
    public var summary: String?
    /// Its web site.
    public var websiteURL: String?
    /// Pictures for it.
    public var icons: [Icon]
    /// What a model should know before using the server.
    public var instructions: String?
    /// What the server offers.
    public var capabilities: ServerCapabilities
    /// The tools that can be called.
    public var toolNames: Set<String>
    /// The prompts that can be had.
    public var promptNames: Set<String>
    /// How long the description may be kept by clients, and by whom.
    public var caching: CacheHint

    /// Makes a description; without capabilities the server offers tools only.
    public init(
        name: String,
        version: String,
        title: String? = nil,
        summary: String? = nil,
        websiteURL: String? = nil,
        icons: [Icon] = [],
        instructions: String? = nil,
        capabilities: ServerCapabilities = ServerCapabilities(tools: .init()),
        toolNames: Set<String> = [],
        promptNames: Set<String> = [],
        caching: CacheHint = CacheHint(milliseconds: 3_600_000, scope: .everyone)
    ) {
        self.name = name
        self.version = version
        self.title = title
        self.summary = summary
        self.websiteURL = websiteURL
        self.icons = icons
        self.instructions = instructions
        self.capabilities = capabilities
        self.toolNames = toolNames
        self.promptNames = promptNames
        self.caching = caching
    }

    /// Whether a tool can be called, by its exact name.
    public func hasTool(_ name: String) -> Bool {
        // Sets of strings compare by canonical equivalence; names of tools are ASCII, where that means the
        // same bytes.
        name.utf8.allSatisfy { $0 < 0x80 } && toolNames.contains(name)
    }

    /// Whether a prompt can be had, by its exact name.
    public func hasPrompt(_ name: String) -> Bool {
        // The set finds names that only look the same to Unicode; normalising a long one takes time that a
        // stranger could choose.
        guard name.utf8.count <= 1_024, let found = promptNames.firstIndex(of: name) else { return false }
        return ExactText.isSame(promptNames[found], name)
    }

    /// The answer to `server/discover`, without what the envelope adds.
    func discovery(for revision: ProtocolRevision) -> JSONObject {
        var object: JSONObject = [
            "supportedVersions": .array(ProtocolRevision.newestFirst.map { .string($0.rawValue) }),
            "capabilities": capabilities.jsonValue(for: revision),
        ]
        object["instructions"] = instructions.map { .string($0) }
        return object
    }

    /// Name and version only, for results that are not about the server.
    func shortImplementation(for revision: ProtocolRevision) -> JSONValue {
        var object: JSONObject = ["name": .string(name), "version": .string(version)]
        if revision.has(.titles) { object["title"] = title.map { .string($0) } }
        return .object(object)
    }

    /// Name, version and the rest as a revision knows them.
    public func implementation(for revision: ProtocolRevision) -> JSONValue {
        var object: JSONObject = ["name": .string(name), "version": .string(version)]
        if revision.has(.titles) { object["title"] = title.map { .string($0) } }
        if revision.has(.icons) {
            object["description"] = summary.map { .string($0) }
            object["websiteUrl"] = websiteURL.map { .string($0) }
            if !icons.isEmpty { object["icons"] = .array(icons.map(\.jsonValue)) }
        }
        return .object(object)
    }
}
