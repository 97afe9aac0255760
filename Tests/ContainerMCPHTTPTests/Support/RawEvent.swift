// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// One event of a stream, field by field, as it came.
struct RawEvent: Sendable, Equatable {
    var id: String?
    var name: String?
    var retry: String?
    var data: String?

    /// The data as JSON, `null` where it is none.
    var json: JSONValue { data.flatMap { try? JSONValue(parsing: $0) } ?? .null }

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
            switch parts[0] {
            case "id": id = value
            case "event": name = value
            case "retry": retry = value
            case "data": data = value
            default: break
            }
        }
    }
}

extension RawConnection {
    /// The next event that is no comment, nil at the end of the stream.
    func rawEvent() async throws -> RawEvent? {
        while let chunk = try await chunk() {
            let text = String(decoding: chunk, as: UTF8.self)
            if !text.hasPrefix(":") { return RawEvent(text) }
        }
        return nil
    }

    /// All further events, until the stream ends.
    func rawEvents() async throws -> [RawEvent] {
        var events: [RawEvent] = []
        while let event = try await rawEvent() { events.append(event) }
        return events
    }
}
