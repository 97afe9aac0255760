// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// Reads the text of an argument as the type that the tool's schema says.
enum TypedValue {
    /// - Throws: ``CommandFailure`` with status 2 that names the argument and its type.
    static func read(_ text: String, of key: String, schema: JSONValue) throws -> JSONValue {
        let types =
            schema["type"]?.stringValue.map { [$0] } ?? schema["type"]?.arrayValue?.compactMap(\.stringValue)
            ?? []
        if types.contains("string") { return .string(text) }
        // Every other type is written as JSON writes it: 30, 2.5, true.
        let value = try? JSONValue(parsing: text)
        guard let value, types.isEmpty || types.contains(where: { fits(value, $0) }) else {
            throw CommandFailure(
                .usage,
                "The argument '\(key)' must be \(words(for: types)), not '\(shortened(text))'."
            )
        }
        return value
    }

    private static func fits(_ value: JSONValue, _ type: String) -> Bool {
        switch type {
        case "number": value.doubleValue != nil
        default: value.kindName == type
        }
    }

    private static func words(for types: [String]) -> String {
        let words = types.map { type in
            switch type {
            case "integer": "a whole number"
            case "number": "a number"
            case "boolean": "true or false"
            case "array": "a JSON array"
            case "object": "a JSON object"
            default: type
            }
        }
        return words.isEmpty ? "JSON" : words.joined(separator: " or ")
    }

    private static func shortened(_ text: String) -> String {
        text.unicodeScalars.count > 60
            ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(60))) + "…" : text
    }
}
