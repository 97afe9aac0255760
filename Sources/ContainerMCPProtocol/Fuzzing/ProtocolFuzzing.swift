// SPDX-License-Identifier: Apache-2.0

/// The entry point for fuzzers: everything that reads a stranger's bytes, in one call.
public enum ProtocolFuzzing {
    /// Feeds bytes to the framer, the parser, the classification and a channel, and ends what they start.
    ///
    /// - Parameter bytes: Any bytes, read as a stream of lines.
    /// - Returns: Whether what must hold did: values survive writing and parsing, every answer is one line of
    ///   JSON, and a channel is idle once all that was started has ended.
    public static func exercise(_ bytes: Span<UInt8>) -> Bool {
        let tool = ToolDescriptor(name: "t", summary: "", inputSchema: ["type": "object"])
        let server = ServerDescription(
            name: "fuzz",
            version: "0",
            capabilities: ServerCapabilities(tools: .init(), hasLogging: true),
            toolNames: ["t"]
        )
        var channel = ChannelState(
            server: server,
            limits: ChannelLimits(requestsInFlight: 4, batchMessages: 8, messageBytes: 4_096)
        )
        var framer = LineFramer(maximumLength: 4_096)
        var started: [RequestToken] = []
        var holds = true
        for frame in framer.feed(bytes) + framer.finish() {
            let actions: [ChannelAction]
            switch frame {
            case .overlong:
                actions = channel.receivedOverlongMessage()
            case .line(let line):
                holds = holds && survivesRoundTrip(line) && classifies(line, server)
                actions = channel.received(text: line)
            }
            holds = holds && take(actions, &started)
            if started.count > 2 {
                let token = started.removeFirst()
                holds = holds && take(channel.progress(ProgressUpdate(1, of: 2), about: token), &started)
                let outcome = RequestOutcome.result(.tools([tool], caching: .never))
                holds = holds && take(channel.finished(token, outcome), &started)
            }
        }
        channel.inputEnded()
        holds = holds && take(channel.cancelAll(), &started)
        for token in started {
            holds = holds && channel.finished(token, .result(.empty)).isEmpty
        }
        return holds && channel.isIdle
    }

    /// Feeds bytes to everything that reads a stranger's bytes.
    ///
    /// - Parameter bytes: Any bytes, read as a stream of lines.
    /// - Returns: Whether what must hold did.
    public static func exercise(_ bytes: [UInt8]) -> Bool {
        exercise(bytes.span)
    }

    private static func take(_ actions: [ChannelAction], _ started: inout [RequestToken]) -> Bool {
        for action in actions {
            switch action {
            case .start(let token, _):
                started.append(token)
            case .send(let message, _):
                let text = message.encoded()
                guard !text.contains(0x0A), survivesRoundTrip(text) else { return false }
            case .cancel:
                break
            }
        }
        return true
    }

    private static func survivesRoundTrip(_ text: [UInt8]) -> Bool {
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
}
