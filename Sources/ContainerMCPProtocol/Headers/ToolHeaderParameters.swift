// SPDX-License-Identifier: Apache-2.0

/// The arguments of a tool that 2026-07-28 clients repeat in `Mcp-Param-…` headers.
///
/// They are marked in the tool's input schema by `x-mcp-header`.
public struct ToolHeaderParameters: Sendable, Equatable {
    private static let keyword = "x-mcp-header"
    private static let maximumDepth = 32

    private struct Parameter: Sendable, Equatable {
        let header: String
        let path: [String]
    }

    /// What is wrong with a mark in a schema.
    public struct InvalidAnnotation: Error, Sendable, Equatable, CustomStringConvertible {
        /// The fault in words.
        public let description: String
    }

    private let parameters: [Parameter]

    /// Reads the marks of a schema.
    ///
    /// - Throws: ``InvalidAnnotation`` if a mark has no usable name, stands twice, is on a property that is
    ///   no string, integer or boolean, or is not reachable through `properties` alone.
    public init(inputSchema: JSONValue) throws(InvalidAnnotation) {
        var found: [Parameter] = []
        try Self.collect(inputSchema, path: [], into: &found)
        guard Set(found.map { $0.header.lowercased() }).count == found.count else {
            throw InvalidAnnotation(description: "two properties name the same header")
        }
        guard Self.countMarks(in: inputSchema, depth: 0) == found.count else {
            throw InvalidAnnotation(
                description: "a property with a header must be reached by 'properties' alone"
            )
        }
        self.parameters = found
    }

    private static func collect(
        _ schema: JSONValue,
        path: [String],
        into found: inout [Parameter]
    ) throws(InvalidAnnotation) {
        guard path.count < maximumDepth, let properties = schema["properties"]?.objectValue else { return }
        for (name, property) in properties {
            let path = path + [name]
            if let mark = property[keyword] {
                guard let header = mark.stringValue, !header.isEmpty, header.utf8.allSatisfy(isTokenCharacter)
                else {
                    throw InvalidAnnotation(description: "the header of '\(name)' is not a valid name")
                }
                guard ["string", "integer", "boolean"].contains(property["type"]?.stringValue) else {
                    throw InvalidAnnotation(
                        description: "'\(name)' must be a string, an integer or a boolean"
                    )
                }
                found.append(Parameter(header: header, path: path))
            }
            try collect(property, path: path, into: &found)
        }
    }

    private static func countMarks(in value: JSONValue, depth: Int) -> Int {
        guard depth < JSONValue.defaultMaximumDepth else { return 0 }
        switch value {
        case .array(let values):
            return values.reduce(0) { $0 + countMarks(in: $1, depth: depth + 1) }
        case .object(let object):
            return object.reduce(0) { count, member in
                // A property may bear the keyword's name; its value is a schema then.
                let isMark = member.key == keyword && member.value.objectValue == nil
                return count + (isMark ? 1 : countMarks(in: member.value, depth: depth + 1))
            }
        default:
            return 0
        }
    }

    /// RFC 9110, section 5.6.2.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Checks the headers of a call against its arguments: step 9 of the ladder.
    ///
    /// - Throws: `-32020` if a header is repeated or different, missing for an argument that is there, or
    ///   there for one that is missing.
    public func check(_ headers: MirroredHeaders, arguments: JSONObject) throws(JSONRPCError) {
        for parameter in parameters {
            let name = "Mcp-Param-\(parameter.header)"
            let values = headers.parameters[parameter.header.lowercased()] ?? []
            var argument: JSONValue? = .object(arguments)
            for key in parameter.path {
                argument = argument?[key]
            }
            guard let argument, !argument.isNull else {
                guard values.isEmpty else {
                    throw .headerMismatch("the header \(name) has no argument in the body")
                }
                continue
            }
            guard let first = values.first else { throw .headerMismatch("the header \(name) is missing") }
            guard values.count == 1 else { throw .headerMismatch("the header \(name) is repeated") }
            guard let value = MirroredValue.decode(first), Self.isSame(value, argument) else {
                throw .headerMismatch("the header \(name) differs from the argument in the body")
            }
        }
    }

    private static func isSame(_ header: String, _ argument: JSONValue) -> Bool {
        switch argument {
        case .string(let text): return ExactText.isSame(header, text)
        case .bool(let value): return header == (value ? "true" : "false")
        case .integer, .number:
            // A header that is no number matches none; why it could not be read does not matter.
            guard let number = try? JSONValue(parsing: header) else { return false }
            return wholeNumber(number).map { $0 == wholeNumber(argument) } ?? false
        default: return false
        }
    }

    private static func wholeNumber(_ value: JSONValue) -> Int64? {
        value.int64Value ?? value.doubleValue.flatMap { Int64(whole: $0) }
    }
}
