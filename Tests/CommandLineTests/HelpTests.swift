// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct HelpTests {
    @Test(
        arguments: [[], ["tools"], ["call"], ["policy", "check"], ["doctor"], ["config"], ["serve"]]
            as [[String]]
    )
    func `help has examples`(command: [String]) throws {
        let run = try CommandLine.run(command + ["--help"])
        #expect(run.status == 0)
        #expect(run.error.isEmpty)
        #expect(run.output.contains("Examples:\n  cmcp-cli \(command.joined(separator: " "))"))
    }

    @Test func `the version is a version`() throws {
        let run = try CommandLine.run(["--version"])
        #expect(run.status == 0)
        #expect(run.output.split(separator: ".").count == 3)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `completions are made for each shell`(shell: String) throws {
        let run = try CommandLine.run(["--generate-completion-script", shell])
        #expect(run.status == 0)
        #expect(run.output.contains("doctor") && run.output.contains("system_run_command"))
    }

    @Test func `the completions are a script that bash takes`() throws {
        let script = try CommandLine.run(["--generate-completion-script", "bash"]).output
        let check = try ProgramRun(["/bin/bash", "-n"], streams: .pipes(input: script)).finish()
        #expect(check.status == 0)
        #expect(check.error.isEmpty)
    }
}
