// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// The arguments of a tool: the schema that clients see, and the decoder that holds them to it.
public struct ToolFields<Arguments: Sendable>: Sendable {
    private let fields: [ToolField<Arguments>]
    private let names: [String]
    private let empty: Arguments
    private let takesAll: Bool

    /// Makes a list of fields.
    ///
    /// - Parameters:
    ///   - empty: The value that the fields fill in.
    ///   - fields: The fields, in the order in which clients see them.
    public init(_ empty: Arguments, _ fields: [ToolField<Arguments>]) {
        self.init(empty, fields, takesAll: false)
    }

    private init(_ empty: Arguments, _ fields: [ToolField<Arguments>], takesAll: Bool) {
        self.empty = empty
        self.fields = fields
        // A closure, since a key path into a generic type is looked up anew each time.
        names = fields.map { $0.name }
        self.takesAll = takesAll
    }

    /// The JSON Schema of the arguments.
    public var schema: JSONValue {
        var properties = JSONObject()
        for field in fields { properties[field.name] = .object(field.schema) }
        var schema: JSONObject = ["type": "object", "properties": .object(properties)]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        schema["additionalProperties"] = false
        return .object(schema)
    }

    /// Checks and decodes what a client sent; null stands for an absent optional argument.
    ///
    /// - Throws: ``ToolError`` that names the argument and what it must be.
    public func decode(_ object: JSONObject) throws(ToolError) -> Arguments {
        if takesAll, let everything = object as? Arguments { return everything }
        var arguments = empty
        for (key, _) in object where !names.contains(key) {
            let shown = key.unicodeScalars.prefix(64).map { $0.escaped(asASCII: true) }.joined()
            let known = names.isEmpty ? "it takes none" : "it takes: \(names.joined(separator: ", "))"
            throw ToolError(.invalidArgument, "There is no argument '\(shown)'; \(known).")
        }
        for field in fields {
            guard let value = object[field.name], !value.isNull || field.isRequired else {
                guard !field.isRequired else {
                    throw ToolError(.invalidArgument, "The argument '\(field.name)' is missing.")
                }
                continue
            }
            try field.store(value, &arguments)
        }
        return arguments
    }
}

extension ToolFields where Arguments == JSONObject {
    /// Takes every object as it is; for tools that bring a schema of their own as ``Tool/inputSchema``.
    public static var unchecked: ToolFields {
        ToolFields([:], [], takesAll: true)
    }
}
