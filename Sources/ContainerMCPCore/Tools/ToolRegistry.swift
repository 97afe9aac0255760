// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// The tools that a server offers, in a fixed order.
public struct ToolRegistry: Sendable {
    /// A tool, with what would be costly to make for each request.
    private struct Entry: Sendable {
        let tool: any Tool
        let descriptor: ToolDescriptor
        let headerParameters: ToolHeaderParameters?
    }

    private var entries: [Entry] = []
    private var positions: [ToolName: Int] = [:]

    /// Makes an empty registry.
    public init() {}

    /// Makes a registry.
    ///
    /// - Throws: ``ToolError`` with code `invalidArgument` when two tools have one name or a name is malformed.
    public init(_ tools: [any Tool]) throws(ToolError) {
        for tool in tools { try add(tool) }
    }

    /// Adds a tool.
    ///
    /// - Throws: ``ToolError`` with code `invalidArgument` when its name is taken or malformed, or an `x-mcp-header` of its
    ///   schema can't be one (MCP 2026-07-28).
    public mutating func add(_ tool: any Tool) throws(ToolError) {
        let name = tool.name.rawValue
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isPlain, (1...64).contains(name.utf8.count) else {
            throw ToolError(
                .invalidArgument,
                "'\(name)' is no name for a tool: 1 to 64 of A-Z a-z 0-9 _ . - are."
            )
        }
        guard positions[tool.name] == nil else {
            throw ToolError(.invalidArgument, "there are two tools named '\(name)'.")
        }
        let descriptor = tool.descriptor
        let parameters: ToolHeaderParameters
        do {
            parameters = try ToolHeaderParameters(inputSchema: descriptor.inputSchema)
        } catch {
            throw ToolError(
                .invalidArgument,
                "'\(name)' marks an argument as a header in a wrong way: \(error)"
            )
        }
        positions[tool.name] = entries.count
        entries.append(
            Entry(
                tool: tool,
                descriptor: descriptor.prepare(),
                headerParameters: parameters
            )
        )
    }

    /// Removes a tool.
    ///
    /// - Returns: Whether there was one of this name.
    mutating func remove(_ name: ToolName) -> Bool {
        guard let position = positions[name] else { return false }
        entries.remove(at: position)
        positions = [:]
        for (index, entry) in entries.enumerated() { positions[entry.tool.name] = index }
        return true
    }

    /// The tool with a name.
    public subscript(name: String) -> (any Tool)? {
        // Names compare as bytes: a string that is only canonically equal is another name.
        guard let position = positions[ToolName(rawValue: name)],
            entries[position].tool.name.rawValue.utf8.elementsEqual(name.utf8)
        else { return nil }
        return entries[position].tool
    }

    /// The arguments of a tool that 2026-07-28 clients repeat in HTTP headers; nil where it has none.
    public func headerParameters(of name: String) -> ToolHeaderParameters? {
        positions[ToolName(rawValue: name)].flatMap { entries[$0].headerParameters }
    }

    /// The tools as clients see them.
    public var descriptors: [ToolDescriptor] { entries.map(\.descriptor) }

    /// The names of the tools.
    public var names: Set<String> { Set(entries.map(\.tool.name.rawValue)) }
}
