// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct ModernLadderTests {
    private static let version = MetaKey.protocolVersion
    private static let capabilities = MetaKey.clientCapabilities
    private static let goodMeta: JSONValue = [version: "2026-07-28", capabilities: [:]]

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var method = "tools/call"
        var params: JSONObject = ["name": "echo", "_meta": goodMeta]
        var headers: MirroredHeaders? = MirroredHeaders(
            versions: ["2026-07-28"],
            methods: ["tools/call"],
            names: ["echo"]
        )
        var code: Int?
        var status = 400

        var testDescription: String { name }

        func with(_ change: (inout Row) -> Void) -> Row {
            var row = self
            change(&row)
            return row
        }
    }

    private static func row(_ name: String, _ code: Int?, _ change: (inout Row) -> Void) -> Row {
        var row = Row(name: name, code: code)
        change(&row)
        return row
    }

    private static let rows: [Row] = [
        row("all is well", nil) { _ in },
        row("padded and wrapped headers", nil) {
            $0.headers = MirroredHeaders(
                versions: [" 2026-07-28\t"],
                methods: ["tools/call "],
                names: ["=?base64?ZWNobw==?="]
            )
        },
        row("no headers on a channel", nil) { $0.headers = nil },
        row("step 2: header missing", -32020) { $0.headers?.versions = [] },
        row("step 2: header different", -32020) { $0.headers?.versions = ["2025-11-25"] },
        row("step 2: header repeated", -32020) { $0.headers?.versions = ["2026-07-28", "2026-07-28"] },
        row("step 2 before 4: body unknown, header right", -32020) {
            $0.params["_meta"] = [version: "2099-01-01", capabilities: [:]]
        },
        row("step 2 before 3: claim of another type", -32020) { $0.params["_meta"] = [version: 5] },
        row("step 3: no _meta", -32602) { $0.params["_meta"] = nil },
        row("step 3: no _meta, no parameters on a channel", -32602) {
            $0.headers = nil
            $0.params = [:]
        },
        row("step 3: _meta of another type", -32602) { $0.params["_meta"] = [] },
        row("step 3: no version", -32602) { $0.params["_meta"] = [capabilities: [:]] },
        row("step 3: no capabilities", -32602) { $0.params["_meta"] = [version: "2026-07-28"] },
        row("step 3: capabilities of another type", -32602) {
            $0.params["_meta"] = [version: "2026-07-28", capabilities: []]
        },
        row("step 3: header unknown, no claim", -32022) {
            $0.headers?.versions = ["2099-01-01"]
            $0.params["_meta"] = nil
        },
        row("step 3 before 4: unknown version without capabilities", -32602) {
            $0.headers = nil
            $0.params["_meta"] = [version: "2099-01-01"]
        },
        row("step 4: both unknown", -32022) {
            $0.headers?.versions = ["2099-01-01"]
            $0.params["_meta"] = [version: "2099-01-01", capabilities: [:]]
        },
        row("step 5: method missing", -32020) { $0.headers?.methods = [] },
        row("step 5: method in another case", -32020) { $0.headers?.methods = ["Tools/Call"] },
        row("step 5: method repeated", -32020) { $0.headers?.methods = ["tools/call", "tools/call"] },
        row("step 5 before 7: unknown method, header missing", -32020) {
            $0.method = "unknown/method"
            $0.headers?.methods = []
        },
        row("step 6: name missing", -32020) { $0.headers?.names = [] },
        row("step 6: name different", -32020) { $0.headers?.names = ["Echo"] },
        row("step 6: name badly wrapped", -32020) { $0.headers?.names = ["=?base64?ZWNobw=?="] },
        row("step 6: name missing in the body", -32602) {
            $0.params["name"] = nil
            $0.headers?.names = []
        },
        row("step 6: name of another type in the body", -32602) { $0.params["name"] = 5 },
        row("step 7: unknown method", -32601) {
            $0.method = "unknown/method"
            $0.headers?.methods = ["unknown/method"]
            $0.status = 404
        },
        row("step 7: removed method", -32601) {
            $0.method = "initialize"
            $0.headers?.methods = ["initialize"]
            $0.status = 404
        },
        row("step 7: capability not offered", -32601) {
            $0.method = "resources/list"
            $0.headers?.methods = ["resources/list"]
            $0.status = 404
        },
        row("step 8: bad log level", -32602) {
            $0.params["_meta"] = [version: "2026-07-28", capabilities: [:], MetaKey.logLevel: "loud"]
        },
        row("step 10: arguments of another type", -32602) { $0.params["arguments"] = [] },
        row("step 10: unknown tool", -32602) {
            $0.params["name"] = "other"
            $0.headers?.names = ["other"]
        },
    ]

    @Test(arguments: rows)
    func `a request is stopped at the first step that fails`(row: Row) {
        let request = JSONRPCRequest(id: .integer(1), method: row.method, params: row.params)
        do {
            let admitted = try ModernLadder(server: ChannelFixture.server).admit(
                request,
                headers: row.headers
            )
            #expect(row.code == nil)
            #expect(admitted.context.revision == .v20260728)
        } catch {
            #expect(error.code.rawValue == row.code)
            #expect(error.modernHTTPStatus == row.status)
        }
    }

    @Test func `client information is optional, and refused in another type`() throws {
        let ladder = ModernLadder(server: ChannelFixture.server)
        var meta: JSONObject = [
            Self.version: "2026-07-28", Self.capabilities: [:], MetaKey.clientInfo: ["name": "x"],
        ]
        let request = JSONRPCRequest(id: .integer(1), method: "tools/list", params: ["_meta": .object(meta)])
        #expect(try ladder.admit(request).context.client?.name == "x")
        meta[MetaKey.clientInfo] = "x"
        let faulty = JSONRPCRequest(id: .integer(1), method: "tools/list", params: ["_meta": .object(meta)])
        #expect(throws: JSONRPCError.self) { try ladder.admit(faulty) }
    }

    @Test(arguments: [
        "initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe",
    ])
    func `removed methods are unknown even when everything is offered`(method: String) {
        let everything = ServerCapabilities(
            tools: .init(announcesChanges: true),
            resources: .init(announcesChanges: true, canSubscribe: true),
            prompts: .init(),
            hasCompletions: true,
            hasLogging: true
        )
        #expect(MethodName(rawValue: method)?.isAvailable(in: .v20260728, offering: everything) == false)
        #expect(MethodName(rawValue: method)?.isAvailable(in: .v20241105, offering: everything) == true)
        #expect(MethodName.discover.isAvailable(in: .v20241105, offering: everything) == false)
        #expect(MethodName.listen.isAvailable(in: .v20260728, offering: everything))
        #expect(!MethodName.listen.isAvailable(in: .v20260728, offering: ServerCapabilities(tools: .init())))
    }

    @Test func `discover names every revision and is kept as the server says`() throws {
        var channel = ChannelFixture()
        let answer = try channel.answer(to: ChannelFixture.modern("server/discover", id: "\"d\""))
        #expect(
            answer == [
                "jsonrpc": "2.0", "id": "d",
                "result": [
                    "resultType": "complete",
                    "supportedVersions": [
                        "2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05",
                    ],
                    "capabilities": ["tools": ["listChanged": true], "logging": [:]],
                    "instructions": "Be careful.", "ttlMs": 3_600_000, "cacheScope": "public",
                    "_meta": ["io.modelcontextprotocol/serverInfo": ["name": "sandbox", "version": "1.0.0"]],
                ],
            ]
        )
    }
}
