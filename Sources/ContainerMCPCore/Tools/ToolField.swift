// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// One argument of a tool: its name, its bounds, what it means, and where its value goes.
///
/// A list of fields is the schema that clients see and the decoder that checks what they send.
public struct ToolField<Arguments>: Sendable {
    /// The argument's name on the wire.
    public let name: String
    let isRequired: Bool
    let schema: JSONObject
    let store: @Sendable (JSONValue, inout Arguments) throws(ToolError) -> Void

    /// A text.
    ///
    /// - Parameters:
    ///   - name: The argument's name.
    ///   - path: Where the value goes.
    ///   - maxLength: The most bytes of UTF-8.
    ///   - summary: What it means, for the model.
    /// - Returns: The field.
    public static func required(
        _ name: String,
        _ path: any WritableKeyPath<Arguments, String> & Sendable,
        maxLength: Int,
        _ summary: String
    ) -> ToolField {
        let schema: JSONObject = ["type": "string", "description": .string(summary)]
        return ToolField(name: name, isRequired: true, schema: schema) { value, arguments throws(ToolError) in
            arguments[keyPath: path] = try text(value, name, maxLength)
        }
    }

    /// A text that may be left out.
    ///
    /// - Parameters:
    ///   - name: The argument's name.
    ///   - path: Where the value goes.
    ///   - maxLength: The most bytes of UTF-8.
    ///   - fallback: The value that stands for an absent one, shown to clients.
    ///   - summary: What it means, for the model.
    /// - Returns: The field.
    public static func optional(
        _ name: String,
        _ path: any WritableKeyPath<Arguments, String?> & Sendable,
        maxLength: Int,
        default fallback: String? = nil,
        _ summary: String
    ) -> ToolField {
        var schema: JSONObject = ["type": "string", "description": .string(summary)]
        schema["default"] = fallback.map { .string($0) }
        return ToolField(name: name, isRequired: false, schema: schema) {
            value,
            arguments throws(ToolError) in
            arguments[keyPath: path] = try text(value, name, maxLength)
        }
    }

    /// A whole number that may be left out.
    ///
    /// - Parameters:
    ///   - name: The argument's name.
    ///   - path: Where the value goes.
    ///   - range: The allowed values.
    ///   - fallback: The value that stands for an absent one, shown to clients.
    ///   - summary: What it means, for the model.
    /// - Returns: The field.
    public static func optional(
        _ name: String,
        _ path: any WritableKeyPath<Arguments, Int?> & Sendable,
        _ range: ClosedRange<Int>,
        default fallback: Int? = nil,
        _ summary: String
    ) -> ToolField {
        var schema: JSONObject = ["type": "integer", "description": .string(summary)]
        schema["minimum"] = .integer(Int64(range.lowerBound))
        if range.upperBound < Int.max { schema["maximum"] = .integer(Int64(range.upperBound)) }
        schema["default"] = fallback.map { .integer(Int64($0)) }
        return ToolField(name: name, isRequired: false, schema: schema) {
            value,
            arguments throws(ToolError) in
            let whole = value.intValue ?? value.doubleValue.flatMap { Int(exactly: $0) }
            guard let whole, range.contains(whole) else {
                let most = range.upperBound < Int.max ? " to \(range.upperBound)" : " or more"
                throw ToolError(
                    .invalidArgument,
                    "'\(name)' must be a whole number, \(range.lowerBound)\(most)."
                )
            }
            arguments[keyPath: path] = whole
        }
    }

    /// A span in seconds, whole or decimal, that may be left out.
    ///
    /// - Parameters:
    ///   - name: The argument's name.
    ///   - path: Where the value goes.
    ///   - maximum: The longest span; the shortest is anything above 0.
    ///   - fallback: The span that stands for an absent one, shown to clients.
    ///   - summary: What it means, for the model.
    /// - Returns: The field.
    public static func optional(
        _ name: String,
        _ path: any WritableKeyPath<Arguments, Duration?> & Sendable,
        upTo maximum: Duration,
        default fallback: Duration,
        _ summary: String
    ) -> ToolField {
        let most = maximum.components.seconds
        let schema: JSONObject = [
            "type": "number", "description": .string(summary), "exclusiveMinimum": 0,
            "maximum": .integer(most),
            "default": .integer(fallback.components.seconds),
        ]
        return ToolField(name: name, isRequired: false, schema: schema) {
            value,
            arguments throws(ToolError) in
            guard let seconds = value.doubleValue, seconds > 0, seconds <= Double(most) else {
                throw ToolError(
                    .invalidArgument,
                    "'\(name)' must be a number of seconds above 0 and at most \(most).",
                )
            }
            // Below a microsecond there is nothing to wait for; it still has to be above zero.
            arguments[keyPath: path] = max(.seconds(seconds), .microseconds(1))
        }
    }

    /// A yes or no that may be left out.
    ///
    /// - Parameters:
    ///   - name: The argument's name.
    ///   - path: Where the value goes.
    ///   - fallback: The value that stands for an absent one, shown to clients.
    ///   - summary: What it means, for the model.
    /// - Returns: The field.
    public static func optional(
        _ name: String,
        _ path: any WritableKeyPath<Arguments, Bool?> & Sendable,
        default fallback: Bool,
        _ summary: String
    ) -> ToolField {
        let schema: JSONObject = [
            "type": "boolean", "description": .string(summary), "default": .bool(fallback),
        ]
        return ToolField(name: name, isRequired: false, schema: schema) {
            value,
            arguments throws(ToolError) in
            guard let flag = value.boolValue else {
                throw ToolError(.invalidArgument, "'\(name)' must be true or false.")
            }
            arguments[keyPath: path] = flag
        }
    }

    private static func text(_ value: JSONValue, _ name: String, _ maxLength: Int) throws(ToolError) -> String
    {
        guard let text = value.stringValue else {
            throw ToolError(.invalidArgument, "'\(name)' must be a string, not \(value.kindName).")
        }
        guard text.utf8.count <= maxLength else {
            throw ToolError(
                .limitExceeded,
                "'\(name)' has \(text.utf8.count) bytes; at most \(maxLength) are taken.",
            )
        }
        return text
    }
}
