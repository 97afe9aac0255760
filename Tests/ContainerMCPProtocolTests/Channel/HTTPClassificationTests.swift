// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct HTTPClassificationTests {
    enum Expected: Sendable {
        case legacy, modern
        case rejected(Int)
    }

    private static let rows: [(method: String, claim: String?, headers: [String], expected: Expected)] = [
        ("initialize", "2026-07-28", ["2026-07-28"], .modern),
        ("initialize", nil, ["2026-07-28"], .modern),
        ("initialize", nil, [], .legacy),
        ("initialize", nil, ["2025-06-18"], .legacy),
        ("tools/list", "2026-07-28", [], .modern),
        ("tools/list", "2026-07-28", ["2025-11-25"], .modern),
        ("tools/list", "2099-01-01", ["2099-01-01"], .modern),
        ("tools/list", nil, ["2099-01-01"], .modern),
        ("tools/list", nil, [""], .modern),
        ("tools/list", nil, [], .legacy),
        ("tools/list", nil, [" 2025-03-26 "], .legacy),
        ("tools/list", "2025-06-18", [], .legacy),
        ("tools/list", "2025-06-18", ["2025-06-18"], .legacy),
        ("tools/list", "2025-06-18", ["2025-11-25"], .modern),
        ("tools/list", "2025-06-18", ["2025-06-18", "2025-06-18"], .modern),
        ("tools/list", nil, ["2025-06-18", "2025-06-18"], .rejected(400)),
        ("tools/list", nil, ["2025-06-18", "2026-07-28"], .modern),
    ]

    @Test(arguments: rows)
    func `claim and header decide the rules`(
        row: (method: String, claim: String?, headers: [String], expected: Expected)
    ) {
        var params = JSONObject()
        if let claim = row.claim { params["_meta"] = [MetaKey.protocolVersion: .string(claim)] }
        let headers = MirroredHeaders(versions: row.headers)
        let request = JSONRPCRequest(id: .integer(1), method: row.method, params: params)
        let notification = JSONRPCNotification(method: row.method, params: params)
        for message in [JSONRPCMessage.request(request), .notification(notification)] {
            switch (HTTPClassification(message, headers: headers), row.expected) {
            case (.legacy, .legacy), (.modern, .modern): break
            case (.rejected(let status, _), .rejected(let expected)): #expect(status == expected)
            case (let found, _): Issue.record("\(found)")
            }
        }
    }

    @Test func `a response belongs to a session`() {
        let response = JSONRPCMessage(["jsonrpc": "2.0", "id": 1, "result": [:]])
        #expect(HTTPClassification(response, headers: MirroredHeaders()) == .legacy)
        #expect(HTTPClassification(response, headers: MirroredHeaders(versions: ["2025-06-18"])) == .legacy)
        guard
            case .rejected(400, let error) = HTTPClassification(
                response,
                headers: MirroredHeaders(versions: ["2026-07-28"])
            )
        else {
            Issue.record("accepted")
            return
        }
        #expect(error.code == .invalidRequest)
    }

    @Test func `what is no message is rejected`() {
        guard
            case .rejected(400, let error) = HTTPClassification(
                JSONRPCMessage([:]),
                headers: MirroredHeaders()
            )
        else {
            Issue.record("accepted")
            return
        }
        #expect(error.code == .invalidRequest)
    }
}
