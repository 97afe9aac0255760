// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct RequestDecodingTests {
    @Test func `absent arguments and parameters are empty`() throws {
        #expect(try ToolCall(["name": "echo"]).arguments == [:])
        #expect(try MCPRequest(.listTools, nil) == .listTools(cursor: nil))
        #expect(try MCPRequest(.listTools, ["cursor": ""]) == .listTools(cursor: ""))
        #expect(try MCPRequest(.readResource, ["uri": "a:b"]) == .readResource(uri: "a:b"))
        #expect(try MCPRequest(.setLogLevel, ["level": "alert"]) == .setLogLevel(.alert))
        #expect(try PromptRequest(["name": "p", "arguments": ["a": "b"]]).arguments == ["a": "b"])
        #expect(try MCPRequest(.listen, ["notifications": ["x": 1]]) == .listen(notifications: ["x": 1]))
    }

    private static let faulty: [(MethodName, JSONObject)] = [
        (.listPrompts, ["cursor": .null]), (.readResource, [:]), (.readResource, ["uri": 1]),
        (.subscribeResource, [:]), (.unsubscribeResource, ["uri": []]), (.getPrompt, [:]),
        (.getPrompt, ["name": "p", "arguments": ["a": 1]]), (.complete, [:]), (.complete, ["ref": [:]]),
        (.setLogLevel, ["level": "INFO"]), (.listen, [:]), (.listen, ["notifications": []]),
        (.listResources, ["cursor": 1]), (.listResourceTemplates, ["cursor": [:]]),
    ]

    @Test(arguments: faulty)
    func `faulty parameters are invalid params`(method: MethodName, params: JSONObject) {
        do {
            _ = try MCPRequest(method, params)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .invalidParams)
        }
    }

    @Test func `a null progress token is none`() throws {
        #expect(try RequestMeta(["_meta": ["progressToken": .null]]).progressToken == nil)
        #expect(try RequestMeta(["_meta": ["progressToken": 0]]).progressToken?.jsonValue == 0)
        #expect(try RequestMeta(nil).progressToken == nil)
    }

    private static let capabilities: [(JSONObject, Bool, Bool)] = [
        ([:], false, false), (["elicitation": [:]], true, false),
        (["elicitation": ["form": [:]]], true, false),
        (["elicitation": ["url": [:]]], false, true),
        (["elicitation": ["form": [:], "url": [:]]], true, true),
        (["elicitation": true], false, false),
    ]

    @Test(arguments: capabilities)
    func `elicitation modes are read from the declaration`(declared: JSONObject, form: Bool, url: Bool) {
        let capabilities = ClientCapabilities(declared)
        #expect(capabilities.hasFormElicitation == form)
        #expect(capabilities.hasURLElicitation == url)
    }

    @Test func `an extension is declared by an object only`() {
        let capabilities = ClientCapabilities(["extensions": ["a": [:], "b": true]])
        #expect(capabilities.declares(extension: "a"))
        #expect(!capabilities.declares(extension: "b"))
        #expect(!capabilities.declares(extension: "c"))
    }

    @Test func `log levels are ordered`() {
        #expect(
            LogLevel.allCases.sorted() == [
                .debug, .info, .notice, .warning, .error, .critical, .alert, .emergency,
            ]
        )
        #expect(LogLevel.debug < .emergency)
    }

    @Test func `pages follow each other to the end`() throws {
        let items = (0..<25).map { "tool\($0)" }
        var cursor: String?
        var seen: [String] = []
        var pages = 0
        repeat {
            let page = try ListCursor.page(of: items, from: cursor, size: 10) { $0 }
            seen += page.items
            cursor = page.next
            pages += 1
        } while cursor != nil
        #expect(seen == items)
        #expect(pages == 3)
        #expect(try ListCursor.page(of: [String](), from: nil, size: 0) { $0 }.next == nil)
    }

    @Test(arguments: ["", "x", "0", ".10", "-1", "99999999999999999999", "zz.10", "10.", " 10"])
    func `a cursor that was not given out is refused`(cursor: String) {
        let items = (0..<25).map { "tool\($0)" }
        do {
            _ = try ListCursor.page(of: items, from: cursor, size: 10) { $0 }
            Issue.record("accepted")
        } catch {
            #expect(error.code == .invalidParams)
        }
    }

    @Test func `a cursor of another list is refused`() throws {
        let items = (0..<25).map { "tool\($0)" }
        let next = try #require(try ListCursor.page(of: items, from: nil, size: 10) { $0 }.next)
        #expect(throws: JSONRPCError.self) {
            try ListCursor.page(of: items.reversed(), from: next, size: 10) { $0 }
        }
        let position = next.split(separator: ".").first.map { "\($0).25" } ?? ""
        #expect(throws: JSONRPCError.self) { try ListCursor.page(of: items, from: position, size: 10) { $0 } }
    }
}
