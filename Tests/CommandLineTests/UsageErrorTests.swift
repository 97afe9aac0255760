// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct UsageErrorTests {
    @Test(arguments: [
        (["call"], "tool"),
        (["bogus"], "bogus"),
        (["call", "file_red"], "Did you mean 'file_read'? Known: system_run_command, "),
        (["call", "python"], "Did you mean 'system_run_python'?"),
        (["call", "file_read"], "'path' is missing"),
        (
            ["call", "file_read", "pth=x"],
            "no argument 'pth'; it takes path, encoding, offset, limit. Did you mean 'path'?"
        ),
        (["call", "file_read", "path"], "key=value, not 'path'"),
        (["call", "file_read", "=x"], "key=value, not '=x'"),
        (["call", "file_read", "path=a.txt", "path=b.txt"], "'path' is given twice"),
        (["call", "file_read", "path=a.txt", "--arguments", #"{"path": "b.txt"}"#], "'path' is given twice"),
        (["call", "file_read", "path=a.txt", "offset=x"], "'offset' must be a whole number, not 'x'"),
        (["call", "file_read", "path=a.txt", "offset=1.5"], "'offset' must be a whole number, not '1.5'"),
        (["call", "file_read", "path=a.txt", "offset=0"], "'offset'"),
        (["call", "file_read", "path=a.txt", "--timeout", "3"], "no argument 'timeout'"),
        (
            ["call", "file_move", "source=a", "destination=b", "overwrite=yes"],
            "'overwrite' must be true or false"
        ),
        (
            ["call", "system_run_command", "command=ls", "timeout=soon"],
            "'timeout' must be a number, not 'soon'"
        ),
        (
            ["call", "system_run_command", "command=ls", "timeout=nan"],
            "'timeout' must be a number, not 'nan'"
        ),
        (["call", "system_run_command", "command=ls", "timeout=100000"], "'timeout'"),
        (
            ["call", "system_run_python", "code=@/nonexistent"],
            "'code': the file '/nonexistent' can't be read"
        ),
        (["call", "system_run_python", "code=@/"], "'code': the file '/' can't be read"),
        (["call", "file_list", "--arguments", "[1]"], "--arguments takes a JSON object"),
        (["call", "file_list", "--arguments", #"{"a": 1,}"#], "--arguments is not JSON"),
        (["call", "file_list", "--arguments", #"{"path": 5}"#], "'path' must be a string"),
        (["call", "file_list", "--set", "TOOLS_ENABLE_FILE=false"], "'file_list' is not offered"),
        (["call", "file_list", "--json", "--text"], "exclude each other"),
        (["config", "--set", "BASH_TIMEOUT_MAX=0"], "BASH_TIMEOUT_MAX"),
        (["config", "--set", "NOPE=1"], "NOPE"),
        (["config", "--set", "NOPE"], "KEY=VALUE"),
        (["policy", "check", "file_red"], "Did you mean 'file_read'?"),
        (["policy", "check", "file_read", "path=../x"], "'..'"),
        (["serve", "--stdio", "--port", "1"], "--stdio listens on no address"),
    ])
    func `bad input ends with status 2 and names what is wrong`(arguments: [String], words: String) throws {
        let run = try CommandLine.run(arguments)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.error.contains(words), "\(run.error)")
    }

    @Test func `text that is not UTF-8 is refused`() throws {
        let run = try CommandLine.run(["call", "system_run_python", "code=@/proc/self/exe"])
        #expect(run.status == 2)
        #expect(run.error.contains("'code'"))
    }

    @Test func `what could drive a terminal is escaped in errors`() throws {
        let run = try CommandLine.run(["call", "file\u{1B}[31m"])
        #expect(run.status == 2)
        #expect(run.error.contains(#"file\u{1B}[31m"#))
    }
}
