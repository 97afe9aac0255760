// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(1))) struct SealedStateTests {
    private static let form: JSONObject = ["elicitation": [:]]
    private static let answer: JSONValue = ["who": .object(.named("Ann"))]

    private static let tools = ["greet", "salute"].map { name in
        ScriptedTool(ToolName(rawValue: name)) { _, context async throws(ToolError) in
            .text("Hello \(try context.answer("who", to: .name).text("name"))")
        }
    }

    private static func fixture(_ options: ServiceOptions = ServiceOptions()) throws -> ServiceFixture {
        try ServiceFixture(
            tools,
            prompts: [FakePrompt(question: .name)],
            providers: [FakeProvider(["greet": "A"], asking: .name)],
            options: options
        )
    }

    private func isRefused(_ answer: JSONValue) -> Bool {
        answer.errorCode == -32602 && answer.result == nil
    }

    @Test func `a state with any byte changed is refused`() async throws {
        let client = try Self.fixture().stateless(Self.form)
        let state = Array(try #require(await client.call("greet").state).utf8)
        for index in state.indices {
            var changed = state
            changed[index] = state[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = String(decoding: changed, as: UTF8.self)
            #expect(
                isRefused(await client.call("greet", responses: Self.answer, state: text)),
                "byte \(index)"
            )
        }
        let good = String(decoding: state, as: UTF8.self)
        #expect(await client.call("greet", responses: Self.answer, state: good).text == "Hello Ann")
    }

    @Test func `a state that was cut or added to is refused`() async throws {
        let client = try Self.fixture().stateless(Self.form)
        let state = try #require(await client.call("greet").state)
        for count in stride(from: 0, to: state.utf8.count, by: 7) {
            let cut = String(state.prefix(count))
            #expect(isRefused(await client.call("greet", responses: Self.answer, state: cut)))
        }
        for more in ["A", "=", "\n", " ", ".", "\0"] {
            #expect(isRefused(await client.call("greet", responses: Self.answer, state: state + more)))
            #expect(isRefused(await client.call("greet", responses: Self.answer, state: more + state)))
        }
        // Spaces where a decoder of base64 would pass over them.
        var parts = state.split(separator: ".").map(String.init)
        for part in parts.indices {
            let whole = parts[part]
            parts[part] = String(whole.prefix(2)) + "\n" + whole.dropFirst(2)
            let text = parts.joined(separator: ".")
            #expect(isRefused(await client.call("greet", responses: Self.answer, state: text)))
            parts[part] = whole
        }
        let long = String(repeating: "A", count: StateSeal.longest + 1)
        #expect(isRefused(await client.call("greet", responses: Self.answer, state: long)))
    }

    @Test func `parts of two states make none`() async throws {
        let client = try Self.fixture().stateless(Self.form)
        let first = try #require(await client.call("greet").state).split(separator: ".")
        let second = try #require(await client.call("greet").state).split(separator: ".")
        for mix in [[first[0], first[1], first[2], second[3]], [first[0], first[1], second[2], first[3]]] {
            let text = mix.joined(separator: ".")
            #expect(isRefused(await client.call("greet", responses: Self.answer, state: text)))
        }
    }

    @Test func `a state is good for ten minutes`() async throws {
        var options = ServiceOptions()
        let clock = Clock(1_000_000)
        options.sealTime = { clock.now }
        let client = try Self.fixture(options).stateless(Self.form)
        let state = await client.call("greet").state
        clock.set(1_000_599)
        #expect(await client.call("greet", responses: Self.answer, state: state).text == "Hello Ann")
        clock.set(1_000_600)
        #expect(isRefused(await client.call("greet", responses: Self.answer, state: state)))
        clock.set(2_000_000)
        #expect(isRefused(await client.call("greet", responses: Self.answer, state: state)))
    }

    @Test func `a state is good for its caller only`() async throws {
        let fixture = try Self.fixture()
        let subjects = [
            Subject(id: "ann", isAuthenticated: true), Subject(id: "bob", isAuthenticated: true), .anonymous,
            Subject(id: "anonymous", isAuthenticated: true), Subject(id: "s:ann", isAuthenticated: true),
            // Equal in Unicode, not in bytes.
            Subject(id: "caf\u{E9}", isAuthenticated: true),
            Subject(id: "cafe\u{301}", isAuthenticated: true),
        ]
        for (owner, subject) in subjects.enumerated() {
            let state = await fixture.stateless(Self.form, subject: subject).call("greet").state
            for (other, taker) in subjects.enumerated() {
                let answer = await fixture.stateless(Self.form, subject: taker)
                    .call("greet", responses: Self.answer, state: state)
                #expect(owner == other ? answer.text == "Hello Ann" : isRefused(answer), "\(owner) \(other)")
            }
        }
    }

    @Test func `a state is good for its request only`() async throws {
        let client = try Self.fixture().stateless(Self.form)
        let state = await client.call("greet", ["a": 1, "b": ["c": 2, "d": [3]]]).state
        func answer(_ method: String, _ params: JSONObject) async -> JSONValue {
            var params = params
            params["requestState"] = state.map { .string($0) }
            params["inputResponses"] = Self.answer
            return await client.request(method, params)
        }
        let others: [(String, JSONObject)] = [
            ("tools/call", ["name": "salute", "arguments": ["a": 1, "b": ["c": 2, "d": [3]]]]),
            ("tools/call", ["name": "greet"]), ("tools/call", ["name": "greet", "arguments": ["a": 1]]),
            ("tools/call", ["name": "greet", "arguments": ["a": 2, "b": ["c": 2, "d": [3]]]]),
            ("tools/call", ["name": "greet", "arguments": ["a": 1, "b": ["c": 2, "d": [3, 3]]]]),
            ("tools/call", ["name": "greet", "arguments": ["a": 1, "b": ["c": 2, "d": [3]], "e": .null]]),
            ("tools/call", ["name": "greet", "arguments": ["a": "1", "b": ["c": 2, "d": [3]]]]),
            ("prompts/get", ["name": "greet"]), ("resources/read", ["uri": "greet"]),
        ]
        for (method, params) in others {
            let other = await answer(method, params)
            #expect(isRefused(other), "\(method) \(params)")
        }
        // The order of members says nothing, and neither does the id of the request.
        let same = await answer(
            "tools/call",
            ["name": "greet", "arguments": ["b": ["d": [3], "c": 2], "a": 1]]
        )
        #expect(same.text == "Hello Ann")
    }

    @Test func `services with one key open each other's states, and those with another don't`() async throws {
        let (old, new) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32))
        let first = try Self.fixture(ServiceOptions(stateKeys: [old])).stateless(Self.form)
        let shared = try Self.fixture(ServiceOptions(stateKeys: [old])).stateless(Self.form)
        let rotated = try Self.fixture(ServiceOptions(stateKeys: [new, old])).stateless(Self.form)
        let other = try Self.fixture(ServiceOptions(stateKeys: [new])).stateless(Self.form)
        let random = try Self.fixture().stateless(Self.form)
        let state = await first.call("greet").state
        #expect(await shared.call("greet", responses: Self.answer, state: state).text == "Hello Ann")
        #expect(await rotated.call("greet", responses: Self.answer, state: state).text == "Hello Ann")
        #expect(isRefused(await other.call("greet", responses: Self.answer, state: state)))
        #expect(isRefused(await random.call("greet", responses: Self.answer, state: state)))
        // The first key seals.
        let rotatedState = await rotated.call("greet").state
        #expect(await other.call("greet", responses: Self.answer, state: rotatedState).text == "Hello Ann")
        #expect(isRefused(await first.call("greet", responses: Self.answer, state: rotatedState)))
        // Another key's name on an old seal.
        let parts = try #require(state).split(separator: ".")
        let name = try #require(rotatedState).split(separator: ".")[1]
        let renamed = [parts[0], name, parts[2], parts[3]].joined(separator: ".")
        #expect(isRefused(await rotated.call("greet", responses: Self.answer, state: renamed)))
    }

    @Test func `answers that are too large to be sealed are an error`() async throws {
        let tool = ScriptedTool("two") { _, context async throws(ToolError) in
            _ = try context.answer("who", to: .name)
            _ = try context.answer("boss", to: .name)
            return .text("done")
        }
        let client = try ServiceFixture([tool]).stateless(Self.form)
        let state = await client.call("two").state
        let long = String(repeating: "x", count: StateSeal.longest)
        let answer = await client.call("two", responses: ["who": .object(.named(long))], state: state)
        #expect(answer.errorCode == -32603)
    }

    @Test func `every refusal has the same words`() async throws {
        let fixture = try Self.fixture()
        let client = fixture.stateless(Self.form)
        let state = try #require(await client.call("greet").state)
        let stranger = fixture.stateless(Self.form, subject: Subject(id: "x", isAuthenticated: true))
        var words: Set<String> = []
        for answer in [
            await client.call("greet", responses: Self.answer, state: "v1.x.y.z"),
            await client.call("salute", responses: Self.answer, state: state),
            await stranger.call("greet", responses: Self.answer, state: state),
        ] {
            words.insert(answer["error"]?["message"]?.stringValue ?? "")
        }
        #expect(words.count == 1)
    }
}
