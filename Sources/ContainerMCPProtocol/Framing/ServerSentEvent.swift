// SPDX-License-Identifier: Apache-2.0

/// One event of a `text/event-stream` (HTML Standard, section 9.2).
public struct ServerSentEvent: Sendable, Equatable {
    /// A line that clients ignore.
    public var comment: String?
    /// The kind of the event; `message` for clients if absent.
    public var event: String?
    /// What a client names to go on after a break.
    public var id: String?
    /// After how many milliseconds a client shall come back, at least 0.
    public var retry: Int?
    /// The content, which may have several lines; nil makes an event that clients do not dispatch.
    public var data: String?

    /// Makes an event.
    public init(
        event: String? = nil,
        id: String? = nil,
        data: String? = nil,
        retry: Int? = nil,
        comment: String? = nil
    ) {
        self.event = event
        self.id = id
        self.data = data
        self.retry = retry
        self.comment = comment
    }

    /// Makes the event that carries a message.
    public static func message(_ message: JSONValue, id: String? = nil) -> ServerSentEvent {
        ServerSentEvent(event: "message", id: id, data: message.encodedString())
    }

    /// A comment that keeps a silent connection open.
    public static let keepAlive = ServerSentEvent(comment: "keep-alive")

    /// The event in UTF-8, with the blank line that ends it.
    ///
    /// Whatever the content, it can't end the event or start another field: line ends in data and comments
    /// become new lines of the same field, and are left out elsewhere.
    public func encoded() -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity((data?.utf8.count ?? 0) + 64)
        if let comment { Self.write(lines: comment, after: ": ", to: &output) }
        if let event { Self.write(line: event, after: "event: ", to: &output) }
        if let id { Self.write(line: id, after: "id: ", to: &output) }
        if let retry { Self.write(line: "\(max(retry, 0))", after: "retry: ", to: &output) }
        if let data { Self.write(lines: data, after: "data: ", to: &output) }
        output.append(0x0A)
        return output
    }

    private static func write(line: String, after prefix: String, to output: inout [UInt8]) {
        output.append(contentsOf: prefix.utf8)
        output.append(contentsOf: line.utf8.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0x00 })
        output.append(0x0A)
    }

    private static func write(lines text: String, after prefix: String, to output: inout [UInt8]) {
        let bytes = text.utf8Span.span
        var start = 0
        var lineFeed = -1
        var carriageReturn = -1
        while true {
            output.append(contentsOf: prefix.utf8)
            // Each end is looked for again only once it has been passed, so that the whole takes linear time.
            if lineFeed < start { lineFeed = JSONText.first(0x0A, in: bytes, from: start) }
            if carriageReturn < start { carriageReturn = JSONText.first(0x0D, in: bytes, from: start) }
            let end = min(lineFeed, carriageReturn)
            JSONText.append(bytes, start..<end, to: &output)
            output.append(0x0A)
            guard end < bytes.count else { return }
            let isPair = bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A
            start = end + (isPair ? 2 : 1)
        }
    }
}
