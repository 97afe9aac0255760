// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct ElicitationFormTests {
    private static func schema(_ kind: ElicitationField.Kind, _ revision: ProtocolRevision) -> JSONValue? {
        let form = ElicitationForm([ElicitationField("f", kind)])
        let request = InputRequest.elicitation(.form(message: "m", form))
        return request.params(for: revision)["requestedSchema"]?["properties"]?["f"]
    }

    @Test(
        arguments: [
            (
                .text(minLength: 1, maxLength: 9, format: .email, default: "a@b.c"),
                ["type": "string", "minLength": 1, "maxLength": 9, "format": "email", "default": "a@b.c"],
                ["type": "string", "minLength": 1, "maxLength": 9, "format": "email"]
            ),
            (
                .integer(range: 1...9, default: 3),
                ["type": "integer", "minimum": 1, "maximum": 9, "default": 3],
                ["type": "integer", "minimum": 1, "maximum": 9]
            ),
            (.number(default: 95.5), ["type": "number", "default": 95.5], ["type": "number"]),
            (
                .boolean(default: true), ["type": "boolean", "default": true],
                ["type": "boolean", "default": true]
            ),
            (
                .choice(["a", "b"], default: "a"), ["type": "string", "enum": ["a", "b"], "default": "a"],
                ["type": "string", "enum": ["a", "b"]]
            ),
            (
                .choice(["a", "b"], titles: ["A"]),
                ["type": "string", "oneOf": [["const": "a", "title": "A"], ["const": "b", "title": "b"]]],
                ["type": "string", "enum": ["a", "b"], "enumNames": ["A", "b"]]
            ),
            (
                .choice(["a"], titles: ["A"], legacyNames: true),
                ["type": "string", "enum": ["a"], "enumNames": ["A"]],
                ["type": "string", "enum": ["a"], "enumNames": ["A"]]
            ),
            (
                .choices(["a", "b"], default: ["b"]),
                ["type": "array", "items": ["type": "string", "enum": ["a", "b"]], "default": ["b"]], nil
            ),
            (
                .choices(["a"], titles: ["A"]),
                ["type": "array", "items": ["anyOf": [["const": "a", "title": "A"]]]], nil
            ),
        ] as [(ElicitationField.Kind, JSONValue, JSONValue?)]
    )
    func `each kind of field has its schema`(
        kind: ElicitationField.Kind,
        newest: JSONValue,
        oldest: JSONValue?
    ) {
        #expect(Self.schema(kind, .v20260728) == newest)
        #expect(Self.schema(kind, .v20251125) == newest)
        if let oldest { #expect(Self.schema(kind, .v20250618) == oldest) }
    }

    @Test func `a form names what is required and what people read`() {
        let form = ElicitationForm([
            ElicitationField("a", .boolean(), isRequired: true, title: "A", summary: "s"),
            ElicitationField("b", .text()), ElicitationField("a", .text()),
        ])
        #expect(form.fields.count == 2)
        #expect(
            form.schema == [
                "type": "object",
                "properties": [
                    "a": ["type": "boolean", "title": "A", "description": "s"], "b": ["type": "string"],
                ],
                "required": ["a"],
            ]
        )
        #expect(ElicitationForm([]).schema == ["type": "object", "properties": [:]])
    }

    private static let kinds: [(ElicitationField.Kind, good: [JSONValue], bad: [JSONValue])] = [
        (.text(), ["", "x"], [1, true, .null, [], [:]]),
        (.text(minLength: 2, maxLength: 3), ["ab", "\u{1F600}\u{1F600}", "abc"], ["a", "abcd", ""]),
        (
            .text(format: .email), ["a@b.c", "a.b+c@d-e.f", "\u{E9}@x.y"],
            ["a", "@b", "a@", "a b@c.d", "a@b c", "a@.b", "a@b.", "a\n@b.c"]
        ),
        (
            .text(format: .uri), ["https://a.b/c?d#e", "urn:x:y", "file:///a%20b"],
            ["a", ":b", "1a:b", "http://a b", "a:", "http://\u{E9}.x", "http://<a>"]
        ),
        (
            .text(format: .date), ["2026-02-28", "2024-02-29", "2000-02-29", "0001-12-31"],
            [
                "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "2026-01-32", "26-01-01",
                "", "2026/01/01", "+026-01-01",
            ]
        ),
        (
            .text(format: .dateTime),
            [
                "2026-02-28T09:00:00Z", "2026-02-28t23:59:60z", "2026-02-28T09:00:00.123456789+05:30",
                "2026-02-28T09:00:00-00:00",
            ],
            [
                "2026-02-28", "2026-02-28T09:00:00", "2026-02-28T24:00:00Z", "2026-02-28T09:60:00Z",
                "2026-02-28T09:00:60Z", "2026-02-28T09:00:00.Z", "2026-02-28T09:00:00+0530",
                "2026-02-28T09:00:00+25:00", "2026-02-30T09:00:00Z", "2026-02-28 09:00:00Z",
                "2026-02-28T09:00:00Zx",
            ]
        ),
        (.integer(range: 0...9), [0, 9, 3.0], [-1, 10, 3.5, "3", true, 1e300]),
        (.integer(), [.integer(.max), .integer(.min)], [1e19, .null]),
        (.number(range: 0...1), [0, 1, 0.5], [-0.1, 2, "0"]),
        (.boolean(), [true, false], ["true", 0, .null]),
        (.choice(["a", "K"]), ["a", "K"], ["b", "", 1, "\u{212A}", ["a"]]),
        (.choice(["a"], titles: ["A"]), ["a"], ["A"]),
        (.choices(["a", "b"]), [[], ["a"], ["a", "b"]], ["a", ["c"], [1], [["a"]], .null]),
    ]

    @Test(arguments: kinds)
    func `content is checked against the form`(
        row: (kind: ElicitationField.Kind, good: [JSONValue], bad: [JSONValue])
    ) throws {
        let form = ElicitationForm([ElicitationField("f", row.kind)])
        let request = InputRequest.elicitation(.form(message: "m", form))
        for value in row.good {
            #expect(form.fault(in: ["f": value]) == nil, "\(value)")
            _ = try request.read(["action": "accept", "content": ["f": value]])
        }
        for value in row.bad {
            #expect(form.fault(in: ["f": value])?.contains("'f'") == true, "\(value)")
            #expect(throws: JSONRPCError.self) {
                try request.read(["action": "accept", "content": ["f": value]])
            }
        }
    }

    @Test func `a required field must be there, other members are left out`() throws {
        let form = ElicitationForm([
            ElicitationField("name", .text(), isRequired: true), ElicitationField("age", .integer()),
        ])
        #expect(form.fault(in: [:])?.contains("'name'") == true)
        #expect(form.fault(in: ["name": "x", "confirm": true]) == nil)
        let request = InputRequest.elicitation(.form(message: "m", form))
        #expect(
            try request.read(["action": "accept", "content": ["name": "x", "age": 30.0, "confirm": [1]]])
                == .elicitation(action: .accept, content: ["name": "x", "age": 30])
        )
        #expect(throws: JSONRPCError.self) { try request.read(["action": "accept"]) }
        for action in ["decline", "cancel"] {
            let answer = try request.read(["action": .string(action), "content": ["name": 5]])
            let expected = try #require(ElicitationAction(rawValue: action))
            #expect(answer == .elicitation(action: expected, content: [:]))
        }
    }

    @Test(
        arguments: [
            5, .null, [], "accept", [:], ["action": 1], ["action": "Accept"], ["content": [:]],
            ["action": "accept", "content": []], ["action": "accept", "content": .null],
        ] as [JSONValue]
    )
    func `an answer of the wrong shape is refused`(answer: JSONValue) {
        let request = InputRequest.elicitation(.form(message: "m", ElicitationForm([])))
        do {
            _ = try request.read(answer)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .invalidParams)
        }
    }
}
