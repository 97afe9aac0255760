// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct AuditLineTests {
    private func line(_ event: AuditEvent, keepsFullText: Bool = false) -> String {
        let time = AuditTime(milliseconds: 1_700_000_000_123)
        return String(
            decoding: AuditLine(event, time: time, keepsFullText: keepsFullText).bytes,
            as: UTF8.self
        )
    }

    @Test func `a call is one line with every field that is known`() {
        var event = AuditEvent(.call)
        event.session = "s1"
        event.subject = "alice"
        event.peer = "127.0.0.1"
        event.request = "7"
        event.tool = "system_run_command"
        event.arguments = AuditArguments(#"{"command":"ls"}"#)
        event.decision = "allow"
        event.rule = "settings.commands"
        event.mechanism = "full/native"
        event.outcome = "success"
        event.exitCode = 0
        event.signal = "SIGKILL"
        event.stdoutBytes = 12
        event.stderrBytes = 0
        event.droppedBytes = 3
        event.replyBytes = 99
        event.duration = .milliseconds(1_234)
        event.detail = "x"
        event.attributes = ["b": "2", "a": "1"]
        let found = line(event)
        #expect(
            found
                == #"{"time":"2023-11-14T22:13:20.123Z","kind":"call","session":"s1","subject":"alice","#
                + #""peer":"127.0.0.1","request":"7","tool":"system_run_command","arguments_sha256":""#
                + (event.arguments?.sha256 ?? "")
                + #"","arguments_bytes":16,"decision":"allow","rule":"settings.commands","mechanism":"full/native","#
                + #""outcome":"success","exit_code":0,"signal":"SIGKILL","stdout_bytes":12,"stderr_bytes":0,"#
                + #""dropped_bytes":3,"reply_bytes":99,"duration_ms":1234,"detail":"x","attributes":{"a":"1","b":"2"}}"#
                + "\n"
        )
    }

    @Test func `what is not known is left out`() {
        #expect(line(AuditEvent(.start)) == #"{"time":"2023-11-14T22:13:20.123Z","kind":"start"}"# + "\n")
    }

    @Test func `arguments are a digest and a length until the full text is asked for`() {
        var event = AuditEvent(.call)
        event.arguments = AuditArguments("abc")
        #expect(event.arguments?.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(event.arguments?.byteCount == 3)
        #expect(!line(event).contains(#""arguments":"#))
        #expect(line(event, keepsFullText: true).contains(#""arguments":"abc""#))
        #expect(!line(event, keepsFullText: true).contains("arguments_cut"))
        event.arguments = AuditArguments(String(repeating: "x", count: 10_000_000))
        let cut = line(event, keepsFullText: true)
        #expect(cut.contains(#""arguments_cut":true"#) && cut.contains(#""arguments_bytes":10000000"#))
        #expect(cut.utf8.count < 200_000)
        #expect(AuditArguments("").sha256.hasPrefix("e3b0c44298fc1c14"))
    }

    @Test(arguments: [
        ("a\"b\\c", #"a\"b\\c"#), ("\n\r\t\u{0}", #"\u000a\u000d\u0009\u0000"#),
        ("\u{1B}[31m", #"\u001b[31m"#),
        ("\u{7F}\u{85}\u{9B}", #"\u007f\u0085\u009b"#), ("\u{202E}\u{200B}\u{2028}", #"\u202e\u200b\u2028"#),
        ("\u{FEFF}", #"\ufeff"#), ("\u{E0001}", #"\udb40\udc01"#), ("héllo 😀", "héllo 😀"),
        ("{\"x\":1}\n{", #"{\"x\":1}\u000a{"#),
    ])
    func `nothing in a text can end its line or move a terminal`(text: String, expected: String) {
        var event = AuditEvent(.refusal)
        event.tool = text
        #expect(line(event).hasSuffix(#""tool":""# + expected + "\"}\n"))
        event.tool = nil
        event.attributes = [text: text]
        #expect(line(event).contains("{\"\(expected)\":\"\(expected)\"}"))
    }

    @Test func `no event makes a line longer than the bound, whatever its fields hold`() {
        let hostile = String(repeating: "\u{1}", count: 3_000_000)
        var event = AuditEvent(.init(rawValue: hostile))
        event.session = hostile
        event.subject = hostile
        event.peer = hostile
        event.request = hostile
        event.tool = hostile
        event.arguments = AuditArguments(hostile)
        event.decision = hostile
        event.rule = hostile
        event.mechanism = hostile
        event.outcome = hostile
        event.signal = hostile
        event.detail = hostile
        for number in 0..<1_000 {
            event.attributes["\(number)" + hostile.prefix(2_000)] = String(hostile.prefix(2_000))
        }
        let found = AuditLine(event, time: AuditTime(milliseconds: 0), keepsFullText: true).bytes
        #expect(found.count <= AuditLine.maximumBytes)
        #expect(found.filter { $0 == 0x0A }.count == 1)
        #expect(found.suffix(2) == Array("}\n".utf8))
    }

    @Test func `a long text is cut between characters`() {
        var event = AuditEvent(.call)
        event.tool = String(repeating: "é", count: 2_000)
        #expect(line(event).contains(String(repeating: "é", count: 512) + "…\"}"))
    }

    @Test(arguments: [
        (Duration.zero, "0"), (.milliseconds(1), "1"), (.microseconds(1_999), "1"),
        (.seconds(3_600), "3600000"),
        (.seconds(Int64.max), "1000000000000000"),
    ])
    func `a duration is whole milliseconds`(duration: Duration, expected: String) {
        var event = AuditEvent(.call)
        event.duration = duration
        #expect(line(event).contains(#""duration_ms":"# + expected + "}"))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_709_164_800_001, "2024-02-29T00:00:00.001Z"),
        (4_107_542_399_000, "2100-02-28T23:59:59.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (-86_400_000, "1969-12-31T00:00:00.000Z"),
        (Int.max, "9999-12-31T23:59:59.999Z"), (Int.min, "0001-01-01T00:00:00.000Z"),
    ])
    func `a time is RFC 3339 in UTC`(milliseconds: Int, expected: String) {
        #expect(AuditTime(milliseconds: milliseconds).description == expected)
    }
}
