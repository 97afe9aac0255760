// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct ServerSentEventTests {
    private func text(_ event: ServerSentEvent) -> String {
        String(decoding: event.encoded(), as: UTF8.self)
    }

    @Test func `a message is one event with one data line`() {
        #expect(text(.message(["a": "x\ny"])) == "event: message\ndata: {\"a\":\"x\\ny\"}\n\n")
        #expect(text(.message([:], id: "p7-1")) == "event: message\nid: p7-1\ndata: {}\n\n")
    }

    @Test(arguments: [
        ("", "data: \n\n"), ("a", "data: a\n\n"), ("a\nb", "data: a\ndata: b\n\n"),
        ("a\r\nb", "data: a\ndata: b\n\n"),
        ("a\rb", "data: a\ndata: b\n\n"), ("a\n", "data: a\ndata: \n\n"),
        ("\r\r\n\n", "data: \ndata: \ndata: \ndata: \n\n"),
        ("x\n\nevent: y", "data: x\ndata: \ndata: event: y\n\n"),
    ])
    func `no line end in data can end the event`(data: String, expected: String) {
        #expect(text(ServerSentEvent(data: data)) == expected)
    }

    @Test func `the other fields stay on their lines`() {
        let event = ServerSentEvent(
            event: "a\nb",
            id: "1\r\u{0}2",
            data: "",
            retry: -5,
            comment: "c\ndata: x"
        )
        #expect(text(event) == ": c\n: data: x\nevent: ab\nid: 12\nretry: 0\ndata: \n\n")
        #expect(text(.keepAlive) == ": keep-alive\n\n")
        #expect(text(ServerSentEvent(id: "p7-0", data: "", retry: 500)) == "id: p7-0\nretry: 500\ndata: \n\n")
    }

    @Test func `many line ends take linear time`() {
        let event = ServerSentEvent(data: String(repeating: "\r", count: 400_000))
        #expect(event.encoded().count == 400_001 * 7 + 1)
    }
}
