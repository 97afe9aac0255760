// SPDX-License-Identifier: Apache-2.0

/// The request line and the header fields of a request.
struct RequestHead: Sendable, Equatable {
    /// How the length of the body is told.
    enum Framing: Sendable, Equatable {
        case none
        case length(Int)
        case chunked
    }

    let method: String
    /// The part of the target before the first question mark, as it came.
    let path: String
    /// The part after it.
    let query: String?
    /// HTTP/1.1, not 1.0.
    let isCurrent: Bool
    let fields: HeaderFields
    let framing: Framing

    /// Whether a body follows.
    var hasBody: Bool {
        switch framing {
        case .none, .length(0): false
        case .length, .chunked: true
        }
    }

    /// Whether the client may send a further request on the connection.
    var keepsAlive: Bool {
        let options = fields.list("connection")
        return isCurrent ? !options.contains("close") : false
    }

    /// Whether the client waits for a word before it sends the body.
    var expectsContinue: Bool {
        isCurrent && fields.list("expect") == ["100-continue"]
    }

    /// The value of a query parameter that is there once; it is not decoded.
    func parameter(_ name: String) -> String? {
        let values = (query ?? "").split(separator: "&").compactMap { pair -> Substring? in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 && parts[0] == name ? parts[1] : nil
        }
        return values.count == 1 ? String(values[0]) : nil
    }
}
