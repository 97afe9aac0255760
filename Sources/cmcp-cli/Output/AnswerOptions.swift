// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPProtocol

/// How answers are shown.
struct AnswerOptions: ParsableArguments {
    @Flag(help: "Answer in JSON; the default in a pipe.")
    var json = false

    @Flag(help: "Answer in readable text; the default on a terminal.")
    var text = false

    func validate() throws {
        if json && text { throw ValidationError("--json and --text exclude each other.") }
    }

    var isJSON: Bool {
        json || (!text && !TextStream.output.isTerminal)
    }

    /// Writes JSON: on one line, or for people on a terminal.
    static func write(_ value: JSONValue) {
        let output = TextStream.output
        output.writeContent((output.isTerminal ? value.prettyPrinted() : value.encodedString()) + "\n")
    }
}
