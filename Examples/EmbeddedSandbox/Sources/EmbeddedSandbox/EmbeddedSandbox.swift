// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore

/// A program outside the package that runs a command and Python code confined, with no helper binary.
@main
struct EmbeddedSandbox {
    static func main() async throws {
        let base = CommandLine.arguments.dropFirst().first ?? "/tmp/embedded-sandbox"
        let environment = [
            "SANDBOX_ROOT": base + "/workspace", "DATA_DIR": base + "/data", "TEMP_DIR": base + "/temp",
            "BASH_ALLOWED_COMMANDS": "ls,cat",
        ]

        // Permission is a value that only the policy engine makes, and managers take nothing else.
        let policy = try PolicyEngine.fromEnvironment(environment)
        let folder = try SandboxPath(parsing: "/")
        let limits = try RunLimits(timeout: .seconds(10), maximumTimeout: .seconds(30))

        let bash = try await BashManager.fromEnvironment(environment)
        let command = try BashCommand("ls /; cat /etc/shadow", workingDirectory: folder, limits: limits)
        let run = try await bash.run(policy.decide(command, subject: .anonymous).get())
        print("exit status \(run.exitCode)\n\(run.output)\(run.error)")

        let python = try await PythonManager.fromEnvironment(environment)
        let program = try PythonProgram("_ = sum(range(101))", workingDirectory: folder, limits: limits)
        let outcome = try await python.run(policy.decide(program, subject: .anonymous).get())
        print("result \(outcome.result)")

        do {
            let refused = try BashCommand("curl http://example.com", workingDirectory: folder, limits: limits)
            _ = try policy.decide(refused, subject: .anonymous).get()
        } catch {
            print(error.message)
        }
    }
}
