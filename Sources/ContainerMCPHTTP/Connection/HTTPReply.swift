// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// A whole answer to a request.
struct HTTPReply: Sendable, Equatable {
    var status: Int
    /// Names in lower case; `content-length` and `connection` are added when it is written.
    var fields: [HeaderFields.Field]
    var body: [UInt8]

    init(_ status: Int, fields: [(String, String)] = [], type: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.fields = fields.map { HeaderFields.Field(name: $0.0, value: $0.1) }
        if let type { self.fields.append(HeaderFields.Field(name: "content-type", value: type)) }
        self.body = body
    }

    static func text(_ status: Int, _ text: String, fields: [(String, String)] = []) -> HTTPReply {
        HTTPReply(status, fields: fields, type: "text/plain; charset=utf-8", body: Array((text + "\n").utf8))
    }

    static func json(_ status: Int, _ value: JSONValue, fields: [(String, String)] = []) -> HTTPReply {
        HTTPReply(status, fields: fields, type: "application/json", body: value.encoded())
    }

    static func error(
        _ status: Int,
        _ error: JSONRPCError,
        id: RequestID? = nil,
        missingID: JSONRPCResponse.MissingID = .omitted,
        fields: [(String, String)] = []
    ) -> HTTPReply {
        json(status, JSONRPCResponse.message(id: id, error: error, missingID: missingID), fields: fields)
    }

    /// The answer as it goes out.
    ///
    /// - Parameters:
    ///   - closes: Whether the connection ends with it.
    ///   - omitsBody: Whether only the head is sent, as `HEAD` wants it.
    ///   - extra: Further fields.
    /// - Returns: Head and body.
    func encoded(closes: Bool, omitsBody: Bool, extra: [HeaderFields.Field]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(256 + body.count)
        Self.writeHead(status, fields + extra, to: &output)
        if status != 204 { output.append(contentsOf: "content-length: \(body.count)\r\n".utf8) }
        if closes { output.append(contentsOf: "connection: close\r\n".utf8) }
        output.append(contentsOf: "\r\n".utf8)
        if !omitsBody, status != 204 { output.append(contentsOf: body) }
        return output
    }

    /// The head of an answer whose body is a stream of events.
    static func streamHead(fields: [HeaderFields.Field], isChunked: Bool) -> [UInt8] {
        var output: [UInt8] = []
        writeHead(200, fields, to: &output)
        let framing = isChunked ? "transfer-encoding: chunked\r\n" : "connection: close\r\n"
        output.append(contentsOf: (framing + "\r\n").utf8)
        return output
    }

    private static func writeHead(_ status: Int, _ fields: [HeaderFields.Field], to output: inout [UInt8]) {
        output.append(contentsOf: "HTTP/1.1 \(status) \(reason(status))\r\n".utf8)
        output.append(contentsOf: "x-content-type-options: nosniff\r\n".utf8)
        if !fields.contains(where: { $0.name == "cache-control" }) {
            output.append(contentsOf: "cache-control: no-store\r\n".utf8)
        }
        for field in fields {
            output.append(contentsOf: field.name.utf8)
            output.append(contentsOf: ": ".utf8)
            // What would end the line can't be in a value.
            output.append(contentsOf: field.value.utf8.filter(ASCIIText.isFieldContent))
            output.append(contentsOf: "\r\n".utf8)
        }
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 202: "Accepted"
        case 204: "No Content"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: status < 400 ? "OK" : "Error"
        }
    }
}
