// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct CallCommandTests {
    @Test func `a command's result in a pipe is its structured content`() throws {
        let run = try CommandLine.call(["system_run_command", "command=echo hi; echo no >&2"])
        #expect(run.status == 0)
        #expect(try run.json == ["stdout": "hi\n", "stderr": "no\n", "exit_code": 0, "success": true])
        #expect(run.error.isEmpty)
    }

    @Test func `Python's result is data`() throws {
        let run = try CommandLine.call(["system_run_python", "code=print(1)\n_ = {'a': [1, 2.5]}"])
        #expect(run.status == 0)
        #expect(
            try run.json
                == [
                    "output": "1\n", "error": "", "result": ["a": [1, 2.5]], "exit_code": 0, "success": true,
                ]
        )
    }

    @Test func `calls share the folders of the settings`() throws {
        let folder = try TemporaryFolder()
        let steps: [(arguments: [String], expected: JSONValue)] = [
            (
                ["file_write", "path=a/b.txt", "content=one\ntwo\n"],
                ["success": true, "path": "a/b.txt", "size": 8]
            ),
            (
                ["system_run_command", "command=cat a/b.txt"],
                ["stdout": "one\ntwo\n", "stderr": "", "exit_code": 0, "success": true]
            ),
            (
                ["file_move", "source=a/b.txt", "destination=c.txt"],
                ["success": true, "source": "a/b.txt", "destination": "c.txt"]
            ),
            (["file_delete", "path=c.txt"], ["success": true, "path": "c.txt"]),
        ]
        for step in steps {
            let run = try CommandLine.run(["call"] + step.arguments, in: folder)
            #expect(run.status == 0, "\(step.arguments): \(run.error)")
            #expect(try run.json == step.expected)
        }
        #expect(try folder.names().contains("sandbox"))
    }

    @Test func `test mode leaves nothing behind`() throws {
        let folder = try TemporaryFolder()
        let run = try CommandLine.run(
            ["call", "--test-mode", "file_write", "path=a.txt", "content=x"],
            in: folder
        )
        #expect(run.status == 0)
        #expect(try folder.names().isEmpty)
    }

    @Test(arguments: [
        (["system_run_command", "command=exit 3"], 1),
        (["system_run_python", "code=raise ValueError"], 1),
        (["file_read", "path=missing.txt"], 1),
        (["file_read", "path=../x.txt"], 2),
        (["system_run_command", "command=no-such-program x"], 3),
        (["file_write", "path=a.exe", "content=x"], 3),
        (["file_write", "path=/data/a.txt", "content=x"], 3),
    ])
    func `the exit status tells what became of the call`(arguments: [String], status: Int) throws {
        let run = try CommandLine.call(arguments)
        #expect(run.status == status, "\(run.error)")
        #expect(try run.json["success"] == false)
    }

    @Test func `a policy that can't be read ends with status 5`() throws {
        let run = try CommandLine.call(["file_list", "--set", "POLICY_FILE=/nonexistent"])
        #expect(run.status == 5)
        #expect(run.output.isEmpty)
        #expect(run.error.contains("POLICY_FILE"))
    }

    @Test func `an answer that can't be written ends with status 5`() throws {
        let run = try CommandLine.run(["tools"], streams: .output(to: "/dev/full"))
        #expect(run.status == 5)
        #expect(run.error.contains("standard output"))
    }

    @Test func `a reader that went away is no trouble`() throws {
        let run = try CommandLine.run(["config"], streams: .brokenOutput)
        #expect(run.status == 0)
        #expect(run.error.isEmpty)
    }

    @Test func `text in a pipe is the bare output, with a note on standard error`() throws {
        let run = try CommandLine.call([
            "--text", "system_run_command", "command=printf 'a\\e[1mb'; echo no >&2; exit 7",
        ])
        #expect(run.output == "a\u{1B}[1mb")
        #expect(run.error == "no\n[exit status 7]\n")
        #expect(run.status == 1)
    }

    @Test func `a text of a file goes into an argument`() throws {
        let folder = try TemporaryFolder()
        try folder.write("print('from a file')\n", to: "x.py")
        let run = try CommandLine.run(["call", "--test-mode", "system_run_python", "code=@x.py"], in: folder)
        #expect(try run.json["output"] == "from a file\n")
    }

    @Test(
        arguments: [
            (
                ["file_write", "path=a.txt", "content=@-"], "five5",
                ["success": true, "path": "a.txt", "size": 5]
            ),
            (
                ["file_write", "path=a.txt", "content=@@x"], "",
                ["success": true, "path": "a.txt", "size": 2]
            ),
            (
                ["file_write", "--arguments", "-"], #"{"path": "a.txt", "content": "xyz"}"#,
                ["success": true, "path": "a.txt", "size": 3]
            ),
            (
                ["file_write", "--arguments", #"{"path": "a.txt"}"#, "content=a=b"], "",
                ["success": true, "path": "a.txt", "size": 3]
            ),
            (
                ["system_run_command", "command=cat", "stdin=5", "max_output=2000", "--timeout", "2.5"], "",
                ["stdout": "5", "stderr": "", "exit_code": 0, "success": true]
            ),
        ] as [([String], String, JSONValue)]
    )
    func `arguments come from where they are said to`(
        arguments: [String],
        input: String,
        expected: JSONValue
    ) throws {
        let run = try CommandLine.call(arguments, input: input)
        #expect(run.status == 0, "\(run.error)")
        #expect(try run.json == expected)
    }
}
