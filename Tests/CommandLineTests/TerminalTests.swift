// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct TerminalTests {
    @Test func `what a command writes can't drive the terminal`() throws {
        let run = try CommandLine.run(
            [
                "call", "--test-mode", "system_run_command",
                #"command=printf 'a\e[31mb\x07\tc\n\u009bd'; printf 'e\e' >&2"#,
            ],
            streams: .terminal
        )
        #expect(run.status == 0)
        #expect(
            !run.output.contains("\u{1B}") && !run.output.contains("\u{7}") && !run.output.contains("\u{9B}")
        )
        #expect(run.output.contains(#"a\u{1B}[31mb\u{7}"#))
        #expect(run.output.contains(#"e\u{1B}"#))
        #expect(run.output.contains("[exit status 0]"))
    }

    @Test func `answers on a terminal are text, with JSON on request`() throws {
        let text = try CommandLine.run(["call", "--test-mode", "file_list"], streams: .terminal)
        #expect(text.output.contains("[nothing in /]"))
        let json = try CommandLine.run(["call", "--test-mode", "file_list", "--json"], streams: .terminal)
        #expect(json.output.contains("\"success\": true"))
    }

    @Test(arguments: [
        ([:], true), (["NO_COLOR": "1"], false), (["NO_COLOR": ""], true), (["TERM": "dumb"], false),
    ])
    func `colours are used where the terminal wants them`(environment: [String: String], hasColours: Bool)
        throws
    {
        let run = try CommandLine.run(["tools"], streams: .terminal, environment: environment)
        #expect(run.output.contains("file_read"))
        #expect(run.output.contains("\u{1B}[1m") == hasColours)
    }

    @Test func `a pipe gets no colours`() throws {
        let run = try CommandLine.run(["tools", "--text"])
        #expect(!run.output.contains("\u{1B}"))
    }
}
