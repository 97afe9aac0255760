// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct InputRequestTests {
    private static let form = InputRequest.elicitation(.form(message: "m", ElicitationForm([])))
    private static let many = InputRequest.elicitation(
        .form(message: "m", ElicitationForm([ElicitationField("c", .choices(["a"]))]))
    )
    private static let url = InputRequest.elicitation(
        .url(message: "m", url: "https://a.b", elicitationID: "e")
    )
    private static let sampling = InputRequest.sampling(
        SamplingRequest(messages: [.user("q")], maxTokens: 100, systemPrompt: "s")
    )

    @Test(arguments: [
        (form, "{}", "00000"), (form, #"{"elicitation":{}}"#, "00111"),
        (form, #"{"elicitation":{"form":{}}}"#, "00111"), (form, #"{"elicitation":{"url":{}}}"#, "00100"),
        (form, #"{"elicitation":true}"#, "00000"), (many, #"{"elicitation":{}}"#, "00011"),
        (url, #"{"elicitation":{}}"#, "00000"), (url, #"{"elicitation":{"url":{}}}"#, "00011"),
        (url, #"{"elicitation":{"form":{}}}"#, "00000"), (sampling, #"{"sampling":{}}"#, "11111"),
        (sampling, #"{"elicitation":{}}"#, "00000"), (.roots, #"{"roots":{"listChanged":true}}"#, "11111"),
        (.roots, #"{"roots":true}"#, "00000"),
    ])
    func `a question is supported where client and revision can deal with it`(
        request: InputRequest,
        declared: String,
        expected: String
    ) throws {
        let capabilities = ClientCapabilities(try JSONValue(parsing: declared).objectValue ?? [:])
        let found = ProtocolRevision.allCases.map {
            request.isSupported(by: capabilities, in: $0) ? "1" : "0"
        }
        #expect(found.joined() == expected)
    }

    @Test(arguments: [form, url, sampling, .roots])
    func `a client that declares what is required is supported`(request: InputRequest) {
        let client = ClientCapabilities(request.requiredCapability)
        #expect(request.isSupported(by: client, in: .v20260728))
        #expect(!request.isSupported(by: ClientCapabilities(), in: .v20260728))
    }

    @Test func `the mode and the identifier stand where the revision has them`() {
        #expect(Self.form.params(for: .v20250618)["mode"] == nil)
        #expect(Self.form.params(for: .v20251125)["mode"] == "form")
        #expect(Self.url.params(for: .v20251125)["elicitationId"] == "e")
        #expect(
            Self.url.jsonValue == [
                "method": "elicitation/create",
                "params": ["mode": "url", "message": "m", "url": "https://a.b"],
            ]
        )
        #expect(InputRequest.roots.jsonValue == ["method": "roots/list", "params": [:]])
    }

    @Test(arguments: ProtocolRevision.allCases)
    func `a question to a model has the content of its revision`(revision: ProtocolRevision) {
        let resource = ContentBlock(.textResource(uri: "a:b", mimeType: nil, text: "inside"))
        let link = ContentBlock(.resourceLink(ResourceLink(uri: "a:b", name: "n")))
        let audio = ContentBlock(.audio(base64: "AA==", mimeType: "audio/wav"))
        let request = SamplingRequest(
            messages: [resource, link, audio].map { PromptMessage(role: .user, content: $0) },
            maxTokens: 0
        )
        let params = InputRequest.sampling(request).params(for: revision)
        #expect(params["maxTokens"] == 1)
        #expect(params["messages"]?[0]?["content"] == ["type": "text", "text": "inside"])
        #expect(params["messages"]?[1]?["content"] == ["type": "text", "text": "n: a:b"])
        let type: JSONValue = revision >= .v20250326 ? "audio" : "text"
        #expect(params["messages"]?[2]?["content"]?["type"] == type)
        #expect(Self.sampling.params(for: revision)["systemPrompt"] == "s")
    }

    @Test func `answers of each kind are read`() throws {
        let sampled: JSONObject = [
            "role": "assistant", "model": "m", "content": ["type": "text", "text": "hi"],
            "stopReason": "endTurn",
        ]
        #expect(try Self.sampling.read(.object(sampled)) == .sampling(sampled))
        var several = sampled
        several["content"] = [["type": "image", "data": "AA==", "mimeType": "image/png"]]
        #expect(try Self.sampling.read(.object(several)) == .sampling(several))
        let roots: JSONValue = ["roots": [["uri": "file:///a", "name": "a"]]]
        #expect(try InputRequest.roots.read(roots) == .roots([["uri": "file:///a", "name": "a"]]))
        #expect(
            try Self.url.read(["action": "accept", "content": ["x": 1]])
                == .elicitation(action: .accept, content: [:])
        )
    }

    @Test(arguments: [
        (sampling, "{}"), (sampling, #"{"role":"assistant","model":"m"}"#),
        (sampling, #"{"role":"system","model":"m","content":{"type":"text","text":""}}"#),
        (sampling, #"{"role":"user","content":{"type":"text","text":""}}"#),
        (sampling, #"{"role":"user","model":"m","content":{"type":"text"}}"#),
        (sampling, #"{"role":"user","model":"m","content":{"type":"tool_use","id":"a"}}"#),
        (sampling, #"{"role":"user","model":"m","content":[5]}"#),
        (sampling, #"{"role":"user","model":"m","content":"hi"}"#),
        (.roots, "{}"), (.roots, #"{"roots":{}}"#), (.roots, #"{"roots":[1]}"#), (.roots, #"{"roots":[{}]}"#),
        (.roots, #"{"roots":[{"uri":1}]}"#), (.roots, #"{"roots":[{"uri":"a:","name":1}]}"#),
        (.roots, "null"),
        (url, "5"), (url, #"{"action":"maybe"}"#),
    ])
    func `answers of the wrong shape are refused`(request: InputRequest, answer: String) throws {
        let value = try JSONValue(parsing: answer)
        do {
            _ = try request.read(value)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .invalidParams)
        }
    }

    @Test func `what a repeated request brings along is kept as it came`() {
        #expect(InputResume(nil) == .none)
        #expect(
            InputResume(["inputResponses": .null, "requestState": 5])
                == InputResume(responses: .null, state: 5)
        )
    }
}
