// SPDX-License-Identifier: Apache-2.0

/// The entry point for fuzzers: everything that reads a stranger's bytes, in one call.
public enum ProtocolFuzzing {
    /// Feeds bytes to the framer, the parser, the classification and a channel, asks, notifies and ends what
    /// they start.
    ///
    /// - Parameter bytes: Any bytes, read as a stream of lines.
    /// - Returns: Whether what must hold did: values survive writing and parsing, every answer is one line of
    ///   JSON, a question is answered at most once, nothing is written about what was cancelled, and a
    ///   channel is idle once all that was started has ended.
    public static func exercise(_ bytes: Span<UInt8>) -> Bool {
        var run = FuzzedChannel()
        var framer = LineFramer(maximumLength: 4_096)
        var holds = true
        for frame in framer.feed(bytes) + framer.finish() {
            switch frame {
            case .overlong:
                holds = holds && run.receiveOverlong()
            case .line(let line):
                holds = holds && survivesRoundTrip(line) && classifies(line, FuzzedChannel.server)
                holds = holds && readsAnswers(line) && run.receive(line)
            }
        }
        return holds && run.end()
    }

    /// Feeds bytes to everything that reads a stranger's bytes.
    ///
    /// - Parameter bytes: Any bytes, read as a stream of lines.
    /// - Returns: Whether what must hold did.
    public static func exercise(_ bytes: [UInt8]) -> Bool {
        exercise(bytes.span)
    }

    static func survivesRoundTrip(_ text: [UInt8]) -> Bool {
        // What the parser refuses has nothing to survive.
        guard let value = try? JSONValue(parsing: text) else { return true }
        // What it accepts must come back the same, compact or not.
        let compact = try? JSONValue(parsing: value.encoded())
        let pretty = try? JSONValue(parsing: value.prettyPrinted())
        return compact == value && pretty == value
    }

    private static func classifies(_ text: [UInt8], _ server: ServerDescription) -> Bool {
        guard let value = try? JSONValue(parsing: text) else { return true }
        let headers = MirroredHeaders(
            versions: [value["v"]?.stringValue ?? "2026-07-28"],
            methods: [value["method"]?.stringValue ?? ""],
            names: [value["n"]?.stringValue ?? "=?base64?dA==?="]
        )
        let message = JSONRPCMessage(value)
        guard case .modern = HTTPClassification(message, headers: headers),
            case .request(let request) = message
        else { return true }
        // A schema or a request that is refused is a fine outcome here; only traps are not.
        let marks = try? ToolHeaderParameters(inputSchema: value)
        let admitted = try? ModernLadder(server: server).admit(request, headers: headers) { _ in marks }
        return admitted == nil || admitted?.id == request.id
    }

    /// Reads a line as an answer to each kind of question, as a URI and as a URI template.
    private static func readsAnswers(_ text: [UInt8]) -> Bool {
        let line = String(decoding: text, as: UTF8.self)
        let values = FuzzedChannel.template.match(line) ?? [:]
        guard values.allSatisfy({ FuzzedChannel.template.variables.contains($0.key) && !$0.value.isEmpty })
        else { return false }
        _ = ResourceTemplate(uriTemplate: line, name: "t").match("t://a/b-c")
        guard let value = try? JSONValue(parsing: text) else { return true }
        for question in FuzzedChannel.questions {
            guard let answer = try? question.read(value["result"] ?? value) else { continue }
            // What was let through conforms, also when it is read once more.
            if case .elicitation(.accept, let content) = answer,
                case .elicitation(.form(_, let form)) = question, form.fault(in: content) != nil
            {
                return false
            }
        }
        return true
    }
}
