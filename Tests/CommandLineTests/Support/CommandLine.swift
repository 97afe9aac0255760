// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

/// Starts the program under test.
enum CommandLine {
    /// Runs it to its end in a folder of its own, or a given one.
    static func run(
        _ arguments: [String],
        streams: ProgramRun.Streams = .pipes(input: ""),
        environment: [String: String] = [:],
        in folder: TemporaryFolder? = nil
    ) throws -> ProgramRun.Result {
        let folder = try folder ?? TemporaryFolder()
        return try withExtendedLifetime(folder) {
            try ProgramRun(
                [ProgramFolder.commandLine] + arguments,
                streams: streams,
                environment: environment,
                in: folder.path
            ).finish()
        }
    }

    /// Calls a tool in throw-away folders.
    static func call(_ arguments: [String], input: String = "") throws -> ProgramRun.Result {
        try run(["call", "--test-mode"] + arguments, streams: .pipes(input: input))
    }
}

extension ProgramRun.Result {
    /// The output, which must be one JSON text.
    var json: JSONValue {
        get throws { try JSONValue(parsing: output) }
    }
}
