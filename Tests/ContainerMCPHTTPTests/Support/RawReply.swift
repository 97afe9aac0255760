// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// What came back for a request.
struct RawReply: Sendable {
    let status: Int
    let fields: [String: String]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON, `null` where it is none.
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }

    /// The code of the JSON-RPC error in the body.
    var errorCode: Int64? { json["error"]?["code"]?.int64Value }

    init(head: String) throws {
        let lines = head.split(separator: "\r\n").map(String.init)
        let parts = (lines.first ?? "").split(separator: " ")
        guard parts.count >= 2, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
            throw RawConnection.Failure(description: "no status line: \(head.prefix(100))")
        }
        self.status = status
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        self.fields = fields
    }
}

extension RawConnection {
    /// Reads the head of an answer.
    func head() async throws -> RawReply {
        try RawReply(head: try await read(through: "\r\n\r\n"))
    }

    /// Reads a whole answer.
    func reply() async throws -> RawReply {
        var reply = try await head()
        if let length = reply.fields["content-length"].flatMap({ Int($0) }) {
            reply.body = try await read(count: length)
        } else if reply.fields["transfer-encoding"] == "chunked" {
            while let chunk = try await chunk() { reply.body += chunk }
        }
        return reply
    }

    /// Reads one chunk of a stream, nil at its end.
    func chunk() async throws -> [UInt8]? {
        let line = try await read(through: "\r\n").dropLast()
        guard let size = Int(line, radix: 16) else { throw Failure(description: "no chunk: \(line)") }
        let bytes = try await read(count: size + 2).dropLast(2)
        return size == 0 ? nil : Array(bytes)
    }

    /// The data of the next event that has some, nil at the end of the stream.
    func event() async throws -> String? {
        while let chunk = try await chunk() {
            let lines = String(decoding: chunk, as: UTF8.self).split(separator: "\n")
            if let data = lines.first(where: { $0.hasPrefix("data: ") }) { return String(data.dropFirst(6)) }
        }
        return nil
    }

    /// The next message of the stream.
    func message() async throws -> JSONValue {
        guard let event = try await event() else { throw Failure(description: "the stream ended") }
        return try JSONValue(parsing: event)
    }
}
