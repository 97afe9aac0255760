// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import ContainerMCPSandbox

/// Pieces that the schemas and results of the tools share.
enum RunSchema {
    static func object(_ properties: JSONObject, required: [String]) -> JSONValue {
        .object([
            "type": "object", "properties": .object(properties),
            "required": .array(required.map { .string($0) }),
        ])
    }

    static func typed(_ type: JSONValue, _ summary: String) -> JSONValue {
        .object(["type": type, "description": .string(summary)])
    }

    /// The members that bash and Python results have in common.
    static var runMembers: JSONObject {
        [
            "exit_code": typed(
                "integer",
                "Exit status; 124 at the time limit, 137 at another limit, 128+n for signal n."
            ),
            "success": typed("boolean", "Whether it ended by itself with status 0."),
            "signal": typed("string", "Name of the signal that ended it."),
            "timed_out": typed("boolean", "True when the time limit ended it."),
            "limit": .object([
                "type": "string", "enum": ["memory", "processes", "file_size", "workspace", "output"],
                "description": "The limit that ended it.",
            ]),
            "output_file": typed("string", "Path of the saved full text of an output that was cut."),
            "error_file": typed("string", "Path of the saved full text of standard error, if both were cut."),
            "truncated_bytes": typed("integer", "Bytes that were left out of the output shown."),
            "warning": typed("string", "Said when the server runs without its sandbox."),
        ]
    }

    /// Those members of an outcome that are set.
    static func add(_ outcome: RunOutcome, to object: inout JSONObject) {
        object["exit_code"] = .integer(Int64(outcome.exitCode))
        object["success"] = .bool(outcome.isSuccess)
        object["signal"] = outcome.signal.map { .string($0) }
        object["timed_out"] = outcome.timedOut ? true : nil
        object["limit"] = outcome.limit.map { .string($0.rawValue) }
        object["output_file"] = outcome.outputFile.map { .string($0) }
        object["error_file"] = outcome.errorFile.map { .string($0) }
        object["truncated_bytes"] = outcome.droppedBytes > 0 ? .integer(Int64(outcome.droppedBytes)) : nil
    }

    /// A link to the saved full text, where there is one.
    static func links(_ outcome: RunOutcome) -> [ContentBlock] {
        guard let path = outcome.outputFile else { return [] }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let link = ResourceLink(
            uri: "file:///workspace\(path)",
            name: name,
            summary: "The full text of an output that was cut",
            mimeType: "text/plain",
            size: outcome.savedBytes.map { Int64($0) }
        )
        return [ContentBlock(.resourceLink(link))]
    }

    static func facts(_ outcome: RunOutcome) -> ToolOutput.RunFacts {
        ToolOutput.RunFacts(
            exitCode: outcome.exitCode,
            signal: outcome.signal,
            outcome: outcome.word,
            outputBytes: outcome.outputBytes,
            errorBytes: outcome.errorBytes,
            droppedBytes: outcome.droppedBytes
        )
    }

    static func account(_ outcome: RunOutcome) -> String {
        """
        Exit status \(outcome.exitCode); \(outcome.outputBytes) bytes of output and \(outcome.errorBytes) of errors. \
        They are in the structured content.
        """
    }
}
