// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct JSONRPCMessageTests {
    private func message(_ text: String) throws -> JSONRPCMessage {
        JSONRPCMessage(try JSONValue(parsing: text))
    }

    @Test(arguments: [
        ("1", RequestID.integer(1)), ("\"1\"", .string("1")), ("-7", .integer(-7)), ("\"\"", .string("")),
        ("9007199254740993", .integer(9_007_199_254_740_993)),
    ])
    func `an id keeps its type and all its digits`(text: String, id: RequestID) throws {
        let request = JSONRPCRequest(id: id, method: "ping")
        #expect(try message("{\"jsonrpc\":\"2.0\",\"id\":\(text),\"method\":\"ping\"}") == .request(request))
        let answer = JSONRPCResponse.message(id: id, result: [:])
        #expect(answer.encodedString() == "{\"jsonrpc\":\"2.0\",\"id\":\(text),\"result\":{}}")
    }

    @Test(arguments: ["null", "1.0", "1.5", "true", "[]", "{}", "-0"])
    func `an id of another type is invalid and not echoed`(text: String) throws {
        let message = try message("{\"jsonrpc\":\"2.0\",\"id\":\(text),\"method\":\"ping\"}")
        guard case .invalid(let id, let error) = message else {
            Issue.record("\(message)")
            return
        }
        #expect(id == nil)
        #expect(error.code == .invalidRequest)
    }

    @Test(
        arguments: [
            ("1", nil), ("\"x\"", nil), ("null", nil), ("{}", nil),
            (#"{"id":1,"method":"ping"}"#, 1), (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, 1),
            (#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#, 1), (#"{"jsonrpc":"2.0","id":1,"method":5}"#, 1),
            (#"{"jsonrpc":"2.0","id":1}"#, 1), (#"{"jsonrpc":"2.0","method":5}"#, nil),
            (#"{"jsonrpc":"2.0","id":1,"Method":"ping"}"#, 1),
            (#"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#, nil),
            (#"{"jsonrpc":"2.0","result":{}}"#, nil),
            (#"{"jsonrpc":"2.0","id":null,"result":{}}"#, nil), (#"{"id":1,"result":{}}"#, nil),
        ] as [(String, Int64?)]
    )
    func `what is no message is invalid with the id that can be used`(text: String, id: Int64?) throws {
        guard case .invalid(let found, let error) = try message(text) else {
            Issue.record("accepted: \(text)")
            return
        }
        #expect(found == id.map { .integer($0) })
        #expect(error.code == .invalidRequest)
    }

    @Test(arguments: ["[]", "1", "\"x\"", "null"])
    func `parameters that are no object are invalid params`(params: String) throws {
        let text = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":\(params)}"
        guard case .invalid(let id, let error) = try message(text) else {
            Issue.record("accepted: \(text)")
            return
        }
        #expect(id == .integer(1))
        #expect(error.code == .invalidParams)
    }

    @Test(arguments: ["", ",\"params\":[]", ",\"params\":{}"])
    func `a message without an id is a notification whatever its parameters`(params: String) throws {
        guard
            case .notification(let notification) = try message(
                "{\"jsonrpc\":\"2.0\",\"method\":\"x\"\(params)}"
            )
        else {
            Issue.record("not a notification")
            return
        }
        #expect(notification.method == "x")
    }

    @Test func `a response is told from a request`() throws {
        #expect(
            try message(#"{"jsonrpc":"2.0","id":1,"result":null}"#)
                == .response(JSONRPCResponse(id: .integer(1), outcome: .result(.null)))
        )
        #expect(
            try message(#"{"jsonrpc":"2.0","error":{"code":1,"message":"x"}}"#)
                == .response(JSONRPCResponse(id: nil, outcome: .error(["code": 1, "message": "x"])))
        )
    }

    @Test func `a missing id is left out or null by the negotiated revision`() {
        let error = JSONRPCError(.parseError, "x")
        let omitted = JSONRPCResponse.message(id: nil, error: error, missingID: .init(for: nil))
        #expect(omitted.encodedString() == #"{"jsonrpc":"2.0","error":{"code":-32700,"message":"x"}}"#)
        let null = JSONRPCResponse.message(id: nil, error: error, missingID: .init(for: .v20250618))
        #expect(null.encodedString() == #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}"#)
        #expect(JSONRPCResponse.MissingID(for: .v20241105) == .null)
        #expect(JSONRPCResponse.MissingID(for: .v20250326) == .null)
        #expect(JSONRPCResponse.MissingID(for: .v20251125) == .omitted)
        #expect(JSONRPCResponse.MissingID(for: .v20260728) == .omitted)
    }

    @Test func `ids are told apart by type and bytes`() {
        #expect(RequestID.string("1") != .integer(1))
        #expect(RequestID.string("\u{e9}") != .string("e\u{301}"))
        #expect(Set([RequestID.string("1"), .integer(1), .string("1")]).count == 2)
    }

    @Test(arguments: [
        (JSONParsingError.Kind.syntax, -32700), (.invalidUnicode, -32700), (.duplicateKey, -32600),
        (.tooDeep, -32600), (.numberOutOfRange, -32600), (.tooManyValues, -32600),
    ])
    func `refused JSON is an invalid request, what is no JSON a parse error`(
        kind: JSONParsingError.Kind,
        code: Int
    ) {
        #expect(JSONRPCError.unreadable(JSONParsingError(kind, at: 0, "x")).code.rawValue == code)
    }

    @Test func `a caller's text in a message is short and on one line`() {
        let error = JSONRPCError.methodNotFound(
            String(repeating: "x\n\u{202e}", count: 100_000),
            in: .v20251125
        )
        #expect(error.message.utf8.count < 300)
        #expect(!error.message.contains("\n"))
        #expect(!error.message.unicodeScalars.contains("\u{202e}"))
        let version = JSONRPCError.unsupportedVersion(String(repeating: "9", count: 100_000))
        #expect(version.jsonValue.encoded().count < 1_000)
    }

    @Test func `an array is a batch`() throws {
        #expect(JSONRPCInput([1, 2]) == .batch([1, 2]))
        #expect(JSONRPCInput([]) == .batch([]))
        #expect(
            JSONRPCInput(["jsonrpc": "2.0", "method": "x"])
                == .single(.notification(JSONRPCNotification(method: "x")))
        )
    }
}
