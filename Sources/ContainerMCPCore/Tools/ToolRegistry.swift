// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// The tools that a server offers, in a fixed order.
public struct ToolRegistry: Sendable {
    private var tools: [any Tool] = []
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
    /// - Throws: ``ToolError`` with code `invalidArgument` when its name is taken or malformed.
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
        positions[tool.name] = tools.count
        tools.append(tool)
    }

    /// The tool with a name.
    public subscript(name: String) -> (any Tool)? {
        // Names compare as bytes: a string that is only canonically equal is another name.
        guard let position = positions[ToolName(rawValue: name)],
            tools[position].name.rawValue.utf8.elementsEqual(name.utf8)
        else { return nil }
        return tools[position]
    }

    /// The tools as clients see them.
    public var descriptors: [ToolDescriptor] { tools.map(\.descriptor) }

    /// The names of the tools.
    public var names: Set<String> { Set(tools.map(\.name.rawValue)) }
}
