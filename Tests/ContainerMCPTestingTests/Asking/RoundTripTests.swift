// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct RoundTripTests {
    private static let form: JSONObject = ["elicitation": [:]]

    static let greeter = ScriptedTool("greet") { _, context async throws(ToolError) in
        .text("Hello \(try context.answer("who", to: .name).text("name"))")
    }

    private static let interviewer = ScriptedTool("interview") { _, context async throws(ToolError) in
        let first = try context.answers(
            to: [InputQuestion(key: "who", request: .name), InputQuestion(key: "age", request: .age)],
            state: ["step": 1]
        )
        let second = try context.answers(to: [InputQuestion(key: "boss", request: .name)], state: ["step": 2])
        let words = [first["who"]?.text("name"), first["age"]?.text("age"), second["boss"]?.text("name")]
        return .text((words.map { $0 ?? "" } + ["\(context.state ?? .null)"]).joined(separator: " "))
    }

    private static let polyglot = ScriptedTool("polyglot") { _, context async throws(ToolError) in
        let answers = try context.answers(to: [
            InputQuestion(key: "who", request: .name), InputQuestion(key: "model", request: .model),
            InputQuestion(key: "roots", request: .roots), InputQuestion(key: "page", request: .page),
        ])
        return .text("\(answers.count)")
    }

    private static func curious(_ times: Int) -> ScriptedTool {
        ScriptedTool("curious") { _, context async throws(ToolError) in
            for number in 0..<times { _ = try context.answer("q\(number)", to: .name) }
            return .text("enough")
        }
    }

    private static func fixture() throws -> ServiceFixture {
        try ServiceFixture(
            [greeter, interviewer, polyglot],
            prompts: [FakePrompt(question: .name)],
            providers: [FakeProvider(["test://a": "A"], asking: .name)]
        )
    }

    static let requests: [(String, JSONObject, String)] = [
        ("tools/call", ["name": "greet"], "Ann"), ("prompts/get", ["name": "greet"], "Ann"),
        ("resources/read", ["uri": "test://a"], "\"A\""),
    ]

    @Test(arguments: requests.indices)
    func `a question is the result, and the repeated request completes`(index: Int) async throws {
        let (method, params, word) = Self.requests[index]
        let client = try Self.fixture().stateless(Self.form)
        let first = await client.request(method, params)
        #expect(first.result?["resultType"] == "input_required" && first.asked == ["who"])
        #expect(first.result?["inputRequests"]?["who"]?["method"] == "elicitation/create")
        #expect(first.result?["inputRequests"]?["who"]?["params"]?["mode"] == "form")
        #expect(first.result?["inputRequests"]?["who"]?["id"] == nil)
        #expect(first.result?["ttlMs"] == nil && first.result?["cacheScope"] == nil)
        var again = params
        again["requestState"] = .string(try #require(first.state))
        again["inputResponses"] = ["who": .object(.named("Ann"))]
        let second = await client.request(method, again, id: .string("other"))
        #expect(second.result?["resultType"] == "complete" && second["id"] == "other")
        #expect(second.encodedString().contains(word))
    }

    @Test func `three rounds keep earlier answers and the handler's state, and every state is another`()
        async throws
    {
        let client = try Self.fixture().stateless(Self.form)
        let first = await client.call("interview")
        #expect(first.asked == ["who", "age"])
        // One of two: the rest is asked again, and the one is not forgotten.
        let second = await client.call(
            "interview",
            responses: ["who": .object(.named("Ann"))],
            state: first.state
        )
        #expect(second.asked == ["age"])
        let age: JSONValue = ["age": ["action": "accept", "content": ["age": 7]]]
        let third = await client.call("interview", responses: age, state: second.state)
        #expect(third.asked == ["boss"])
        let last = await client.call(
            "interview",
            responses: ["boss": .object(.named("Bob"))],
            state: third.state
        )
        #expect(last.text == #"Ann 7 Bob {"step":2}"#)
        #expect(Set([first.state, second.state, third.state]).count == 3)
        // An earlier round can be repeated; nothing was kept here.
        let back = await client.call("interview", responses: age, state: second.state)
        #expect(back.asked == ["boss"])
    }

    @Test func `answers that come before their question are taken`() async throws {
        let client = try Self.fixture().stateless(Self.form)
        let early = await client.call("greet", responses: ["who": .object(.named("Ann"))])
        #expect(early.text == "Hello Ann")
        // Early for a later round, too, as long as that state is not sealed yet.
        let first = await client.call("interview", responses: ["boss": .object(.named("Bob"))])
        let responses: JSONValue = [
            "who": .object(.named("Ann")), "age": ["action": "accept", "content": ["age": 7]],
            "boss": .object(.named("Mallory")),
        ]
        let second = await client.call("interview", responses: responses, state: first.state)
        // With a state only what was asked is read.
        #expect(second.text == #"Ann 7 Bob {"step":1}"#)
    }

    @Test(arguments: [7, .null, true, "who", [], .number(1.5)] as [JSONValue])
    func `answers that are no object are refused`(responses: JSONValue) async throws {
        let client = try Self.fixture().stateless(Self.form)
        let state = await client.call("greet").state
        #expect(await client.call("greet", responses: responses, state: state).errorCode == -32602)
        #expect(await client.call("greet", responses: responses).errorCode == -32602)
    }

    @Test(arguments: [7, .null, true, [:], []] as [JSONValue])
    func `a state that is no string is refused`(state: JSONValue) async throws {
        let client = try Self.fixture().stateless(Self.form)
        let answer = await client.request("tools/call", ["name": "greet", "requestState": state])
        #expect(answer.errorCode == -32602)
    }

    @Test(
        arguments: [
            7, .null, "Ann", [:], ["action": 1], ["action": "agree"], ["action": "accept"],
            ["action": "accept", "content": []], ["action": "accept", "content": ["name": 7]],
        ] as [JSONValue]
    )
    func `an answer of the wrong shape is an error, not a result`(answer: JSONValue) async throws {
        let client = try Self.fixture().stateless(Self.form)
        let state = await client.call("greet").state
        let second = await client.call("greet", responses: ["who": answer], state: state)
        #expect(second.errorCode == -32602 && second.result == nil)
    }

    @Test func `unknown keys are passed over, and a missing one is asked again`() async throws {
        let client = try Self.fixture().stateless(Self.form)
        let first = await client.call("greet")
        for responses: JSONValue? in [[:], ["x": 1, "WHO": .object(.named("Ann"))], nil] {
            let again = await WireRecording.$isBrokenOnPurpose.withValue(responses?["x"] != nil) {
                await client.call("greet", responses: responses, state: first.state)
            }
            #expect(again.asked == ["who"] && again.state != first.state)
        }
        let responses: JSONValue = ["x": .null, "who": .object(.named("Ann"))]
        await WireRecording.$isBrokenOnPurpose.withValue(true) {
            let answer = await client.call("greet", responses: responses, state: first.state)
            #expect(answer.text == "Hello Ann")
        }
    }

    @Test(arguments: [8, 9]) func `a call may ask eight times and not nine`(times: Int) async throws {
        let client = try ServiceFixture([Self.curious(times)]).stateless(Self.form)
        var answer = await client.call("curious")
        for number in 0..<8 {
            #expect(answer.asked == ["q\(number)"])
            answer = await client.call(
                "curious",
                responses: ["q\(number)": .object(.named("Ann"))],
                state: answer.state
            )
        }
        #expect(answer.result?["resultType"] == "complete" && answer.isToolError == (times == 9))
        #expect(answer.text?.contains(times == 9 ? "8 times" : "enough") == true)
    }

    @Test func `a client that never answers is asked eight times`() async throws {
        let client = try Self.fixture().stateless(Self.form)
        var answer = await client.request("prompts/get", ["name": "greet"])
        for _ in 0..<7 {
            answer = await client.request(
                "prompts/get",
                ["name": "greet", "requestState": .string(try #require(answer.state))]
            )
            #expect(answer.asked == ["who"])
        }
        let state = JSONValue.string(try #require(answer.state))
        let last = await client.request("prompts/get", ["name": "greet", "requestState": state])
        #expect(last.errorCode == -32603)
    }

    static let able: [(JSONObject, [String])] = [
        (["elicitation": [:]], ["who"]), (["elicitation": ["form": [:]]], ["who"]),
        (["elicitation": ["url": [:]]], ["page"]), (["sampling": [:]], ["model"]),
        (["roots": [:]], ["roots"]),
        (["sampling": [:], "roots": [:]], ["model", "roots"]),
        (["elicitation": ["form": [:], "url": [:]], "sampling": [:]], ["who", "model", "page"]),
    ]

    @Test(arguments: able.indices) func `only what the client declared is asked`(index: Int) async throws {
        let (capabilities, keys) = Self.able[index]
        let answer = await (try Self.fixture().stateless(capabilities)).call("polyglot")
        #expect(answer.asked == keys)
    }

    @Test func `where nothing can be asked, all that is missing is named`() async throws {
        let fixture = try Self.fixture()
        let error = await fixture.stateless(["tools": [:]]).call("polyglot")
        #expect(error.errorCode == -32021)
        #expect(
            error["error"]?["data"]?["requiredCapabilities"]
                == ["elicitation": ["form": [:], "url": [:]], "sampling": [:], "roots": [:]]
        )
        let prompt = await fixture.stateless().request("prompts/get", ["name": "greet"])
        #expect(prompt.errorCode == -32021)
        #expect(prompt["error"]?["data"]?["requiredCapabilities"] == ["elicitation": ["form": [:]]])
    }

    @Test func `what one client can't answer is asked of one that can, with the same state`() async throws {
        let fixture = try Self.fixture()
        let first = await fixture.stateless(["sampling": [:]]).call("polyglot")
        let model: JSONValue = [
            "model": ["role": "assistant", "model": "m", "content": ["type": "text", "text": "x"]]
        ]
        let second = await fixture.stateless(["sampling": [:], "roots": [:]])
            .call("polyglot", responses: model, state: first.state)
        #expect(second.asked == ["roots"])
        let none = await fixture.stateless(["sampling": [:]])
            .call("polyglot", responses: model, state: first.state)
        #expect(none.errorCode == -32021)
    }

    @Test func `an address is asked without an identifier`() async throws {
        let answer = await (try Self.fixture().stateless(["elicitation": ["url": [:]]])).call("polyglot")
        let params = answer.result?["inputRequests"]?["page"]?["params"]
        #expect(params == ["mode": "url", "message": "Open it.", "url": "https://example.test/"])
    }

    @Test func `lists and completions never ask`() async throws {
        let client = try Self.fixture().stateless(Self.form)
        for method in ["tools/list", "prompts/list", "resources/list", "resources/templates/list"] {
            #expect(await client.request(method).result?["resultType"] == "complete")
        }
    }
}
