// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore

/// Which web pages may call the server (Fetch Standard, section 3.2).
struct OriginRule: Sendable {
    private let exact: Set<String>
    /// Allowed with any port.
    private let anyPort: Set<String>
    private let answersPages: Bool

    init(_ settings: ServerSettings) {
        let isUsed = settings.isLoopback || settings.hasConfiguredOrigins
        let origins = isUsed ? settings.allowedOrigins : []
        exact = Set(origins.filter { !$0.hasSuffix(":*") })
        anyPort = Set(origins.filter { $0.hasSuffix(":*") }.map { String($0.dropLast(2)) })
        answersPages = settings.hasConfiguredOrigins
    }

    /// Whether a request comes from no page, or from one that may call.
    func allows(_ fields: HeaderFields) -> Bool {
        let values = fields.values("origin")
        guard let origin = values.first else { return true }
        return values.count == 1 && allows(origin)
    }

    private func allows(_ origin: String) -> Bool {
        if exact.contains(origin) || anyPort.contains(origin) { return true }
        guard let colon = origin.utf8.lastIndex(of: UInt8(ascii: ":")) else { return false }
        let port = origin.utf8[origin.utf8.index(after: colon)...]
        return (1...5).contains(port.count) && port.allSatisfy(ASCIIText.isDigit)
            && anyPort.contains(String(origin[..<colon]))
    }

    /// The fields that let the page read the answer; none unless origins were chosen by the operator.
    func answerFields(_ fields: HeaderFields) -> [HeaderFields.Field] {
        guard answersPages, let origin = fields.only("origin"), allows(origin) else { return [] }
        return [
            HeaderFields.Field(name: "access-control-allow-origin", value: origin),
            HeaderFields.Field(
                name: "access-control-expose-headers",
                value: "Mcp-Session-Id, WWW-Authenticate"
            ),
            HeaderFields.Field(name: "vary", value: "Origin"),
        ]
    }

    /// Whether a browser asks what a page may do; it sends no token with that.
    func isPreflight(_ head: RequestHead) -> Bool {
        answersPages && head.method == "OPTIONS" && head.fields.contains("origin")
            && head.fields.contains("access-control-request-method")
    }

    /// The answer to what a browser asks; headers of tool parameters are granted as they are asked for.
    func preflightReply(_ fields: HeaderFields) -> HTTPReply {
        let known = [
            "accept", "authorization", "content-type", "last-event-id", "mcp-method", "mcp-name",
            "mcp-protocol-version", "mcp-session-id",
        ]
        let asked = fields.list("access-control-request-headers").filter { name in
            name.hasPrefix("mcp-param-") && name.utf8.allSatisfy(ASCIIText.isToken)
        }
        return HTTPReply(
            204,
            fields: [
                ("access-control-allow-methods", "GET, POST, DELETE, OPTIONS"),
                ("access-control-allow-headers", (known + asked).joined(separator: ", ")),
                ("access-control-max-age", "600"),
            ]
        )
    }
}
