// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// What a tool may do; decides its annotations and which places its calls take.
public struct ToolEffects: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: Int

    /// Makes a set from its bits.
    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// Starts programs.
    public static let runsPrograms = ToolEffects(rawValue: 1 << 0)
    /// Reads files.
    public static let readsFiles = ToolEffects(rawValue: 1 << 1)
    /// Creates or changes files.
    public static let writesFiles = ToolEffects(rawValue: 1 << 2)
    /// Removes or replaces what was there.
    public static let destroys = ToolEffects(rawValue: 1 << 3)
    /// Does the same again without further change.
    public static let isIdempotent = ToolEffects(rawValue: 1 << 4)
    /// Reaches the network.
    public static let reachesNetwork = ToolEffects(rawValue: 1 << 5)

    /// The hints for clients (MCP 2025-03-26, tool annotations).
    public var annotations: ToolAnnotations {
        let isReadOnly = isDisjoint(with: [.runsPrograms, .writesFiles, .destroys])
        return ToolAnnotations(
            isReadOnly: isReadOnly,
            isDestructive: isReadOnly ? nil : contains(.destroys),
            isIdempotent: isReadOnly ? nil : contains(.isIdempotent),
            isOpenWorld: contains(.reachesNetwork)
        )
    }
}
