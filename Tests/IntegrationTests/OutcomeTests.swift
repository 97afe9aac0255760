// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import Testing

/// The table of outcomes, with a real bash and a real Python.
@Suite struct OutcomeTests {
    @Test func `each way a command ends is told as documented`() async throws {
        try await TestServer.with { server in
            let fine = try await server.bash("echo hi; echo no >&2")
            #expect(fine == ["stdout": "hi\n", "stderr": "no\n", "exit_code": 0, "success": true])
            let status = try await server.bash("exit 3")
            #expect(status["exit_code"] == 3 && status["success"] == false)
            let signal = try await server.bash("kill -SEGV $$")
            #expect(signal["exit_code"] == 139 && signal["signal"] == "SIGSEGV" && signal["success"] == false)
            let late = try await server.bash("echo before; sleep 60", ["timeout": 0.4])
            #expect(late["exit_code"] == 124 && late["timed_out"] == true && late["stdout"] == "before\n")
            let large = try await server.bash("dd if=/dev/zero of=big bs=1M count=100 2>/dev/null")
            #expect(large["exit_code"] == 137 && large["limit"] == "file_size")
            let flood = try await server.bash("cat /dev/zero")
            #expect(flood["exit_code"] == 137 && flood["limit"] == "output")
            let refused = await server.call(.runCommand, ["command": "rsync x y"])
            #expect(refused.isError)
            #expect(refused.structuredContent?["success"] == false)
            #expect(refused.structuredContent?["error"]?.stringValue?.contains("'rsync' is not in") == true)
        }
    }

    @Test func `each way python ends is told as documented`() async throws {
        try await TestServer.with { server in
            let fine = try await server.python("print('hi'); _ = [1, 2]")
            #expect(fine["output"] == "hi\n" && fine["result"] == [1, 2] && fine["success"] == true)
            let error = try await server.python(
                "def f():\n    raise ValueError('x')\nprint('before')\n_ = 1\nf()"
            )
            #expect(error["exit_code"] == 1 && error["success"] == false && error["result"] == .null)
            #expect(error["output"] == "before\n")
            let trace = try #require(error["error"]?.stringValue)
            #expect(trace.contains("line 5, in <module>") && trace.contains("line 2, in f"))
            #expect(trace.hasSuffix("ValueError: x\n") && !trace.contains("_main"))
            let left = try await server.python("import sys; print('out'); sys.exit(3)")
            #expect(left["exit_code"] == 3 && left["output"] == "out\n" && left["success"] == false)
            let hard = try await server.python("import os; os._exit(0)")
            #expect(hard["exit_code"] == 0 && hard["success"] == true && hard["result"] == .null)
            let killed = try await server.python("import os; os.kill(os.getpid(), 9)")
            #expect(killed["exit_code"] == 137 && killed["signal"] == "SIGKILL")
            let late = try await server.python(
                "print('a', end=''); import time; time.sleep(60)",
                ["timeout": 0.5]
            )
            #expect(late["exit_code"] == 124 && late["output"] == "a" && late["timed_out"] == true)
            let memory = try await server.python("x = bytearray(1 << 30)")
            #expect(memory["exit_code"] == 1)
            #expect(memory["error"]?.stringValue?.contains("MemoryError") == true)
            let syntax = try await server.python("def f(:\n  pass")
            #expect(syntax["exit_code"] == 1)
            #expect(syntax["error"]?.stringValue?.contains("SyntaxError") == true)
        }
    }

    @Test func `a long output is cut in the middle, saved whole and can be read`() async throws {
        try await TestServer.with { server in
            let result = await server.call(
                .runCommand,
                ["command": "seq 1 20000; echo end", "max_output": 4096]
            )
            let content = try #require(result.structuredContent)
            let shown = try #require(content["stdout"]?.stringValue)
            #expect(shown.hasPrefix("1\n2\n") && shown.hasSuffix("end\n") && shown.contains("bytes dropped"))
            let path = try #require(content["output_file"]?.stringValue)
            #expect(
                result.content.contains { block in
                    if case .resourceLink(let link) = block.payload {
                        link.uri.hasSuffix(path)
                    } else {
                        false
                    }
                }
            )
            let file = try await server.result(
                .fileRead,
                ["path": .string(path), "offset": 10_000, "limit": 2]
            )
            #expect(file["content"] == "10000\n10001\n")
        }
    }

    @Test func `working_dir is a folder of the workspace or a clear error`() async throws {
        try await TestServer.with { server in
            // Without a root of their own children see the paths of the machine.
            let hasOwnRoot = server.server.report.level.hasOwnRoot
            let pwd = try await server.bash("mkdir -p a/b; pwd")["stdout"]?.stringValue ?? ""
            #expect(hasOwnRoot ? pwd == "/workspace\n" : pwd.hasSuffix("/sandbox\n"))
            let workspace = String(pwd.dropLast())
            let below = try await server.bash("pwd", ["working_dir": "a/b"])
            #expect(below["stdout"]?.stringValue == "\(workspace)/a/b\n")
            let data = try await server.bash("pwd", ["working_dir": "/data"])["stdout"]?.stringValue ?? ""
            #expect(hasOwnRoot ? data == "/data\n" : data.hasSuffix("/data\n"))
            let here = try await server.python(
                "import os; print(os.getcwd())",
                ["working_dir": "/workspace/a"]
            )
            #expect(here["output"]?.stringValue == "\(workspace)/a\n")
            for wrong in ["none", "../x", "/etc/../..", "a.txt/b"] {
                let refused = await server.call(
                    .runCommand,
                    ["command": "pwd", "working_dir": .string(wrong)]
                )
                #expect(refused.isError, "\(wrong)")
            }
        }
    }

    @Test(arguments: [
        ("timeout", JSONValue.integer(0)), ("timeout", .integer(121)), ("timeout", "5"),
        ("timeout", .integer(-1)),
        ("max_output", .integer(1023)), ("max_output", .integer(2_000_000)), ("shell", "x"),
        ("command", .integer(1)),
    ])
    func `a bad argument is named`(name: String, value: JSONValue) async throws {
        try await TestServer.with { server in
            var arguments: JSONObject = ["command": "echo hi"]
            arguments[name] = value
            let refused = await server.call(.runCommand, arguments)
            #expect(refused.isError)
            #expect(refused.structuredContent?["error"]?.stringValue?.contains("'\(name)'") == true)
        }
    }

    @Test func `memory that a command wrote can't become code`() async throws {
        try await TestServer.with(["BASH_ALLOWED_COMMANDS": "python3"]) { server in
            // Linux before 6.3 can't refuse it; then the report has to say so.
            let status = server.server.report.statuses[.commandAllowList]
            guard status == .enforced else {
                // Without a root of its own the level is what keeps this from being enforced.
                #expect(!server.server.report.level.hasOwnRoot || status?.detail.contains("6.3") == true)
                return
            }
            let attack =
                "import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)"
            let refused = try await server.bash("python3 -I -S -c '\(attack)'")
            #expect(refused["exit_code"] == 1)
            #expect(refused["stderr"]?.stringValue?.contains("PermissionError") == true)
            let control = try await server.python(attack)
            #expect(control["success"] == true)
        }
    }
}
