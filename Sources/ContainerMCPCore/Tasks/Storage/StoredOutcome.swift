// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// The JSON of outcomes in the store: the newest shape with all that a projection to an older revision needs.
enum StoredOutcome {
    /// The outcome as JSON.
    static func jsonValue(_ outcome: JobOutcome) -> JSONValue {
        switch outcome {
        case .result(let result): ["result": StoredResult.jsonValue(result)]
        case .failure(let error): ["error": error.jsonValue]
        case .cancelled: ["cancelled": true]
        }
    }

    /// Reads an outcome; nil for anything that ``jsonValue(_:)`` does not write.
    static func read(_ value: JSONValue) -> JobOutcome? {
        guard let object = value.objectValue, object.count == 1 else { return nil }
        if let result = object["result"] { return StoredResult.read(result).map { .result($0) } }
        if let error = object["error"] { return readError(error).map { .failure($0) } }
        return object["cancelled"]?.boolValue == true ? .cancelled : nil
    }

    private static func readError(_ value: JSONValue) -> JSONRPCError? {
        guard let code = value["code"]?.intValue, let message = value["message"]?.stringValue else {
            return nil
        }
        return JSONRPCError(JSONRPCError.Code(rawValue: code), message, data: value["data"])
    }

    /// A tool error of the store itself, in the shape of every refusal.
    static func refusal(_ message: String) -> ToolResult {
        ToolResult.structured(["success": false, "error": .string(message)], isError: true) { message }
    }
}
