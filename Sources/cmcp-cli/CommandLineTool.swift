// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPCore
import ContainerMCPShell
import Glibc

/// The command line: everything a server offers, for people and for scripts.
@main
struct CommandLineTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cmcp-cli",
        abstract: "Commands, Python and files, confined by the kernel.",
        discussion: """
            Answers are readable text on a terminal, and JSON in a pipe or with --json. Settings are those of \
            the servers: flags, then the environment, then config/custom.env, then defaults ('cmcp-cli config').

            Examples:
              cmcp-cli tools
              cmcp-cli call system_run_command command='echo hello > hello.txt'
              cmcp-cli call file_read path=hello.txt
              cmcp-cli call --test-mode system_run_python code='_ = 6 * 7'
              cmcp-cli doctor

            Exit status: 0 success; 1 the tool said no success; 2 usage; 3 denied by the policy; 4 no sandbox, \
            or one below the required level; 5 anything else; 130 interrupted.

            Completions for bash (zsh and fish as well):
              source <(cmcp-cli --generate-completion-script bash)
            """,
        version: ContainerMCPServer.version,
        subcommands: [
            ToolsCommand.self, CallCommand.self, PolicyCommand.self, DoctorCommand.self, ConfigCommand.self,
            ServeCommand.self,
        ]
    )

    static func main() async {
        // A reader that has seen enough closes the pipe; that is no reason to die in the middle of a call.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Glibc.exit(tell(error))
        }
    }

    /// Tells an error, or what was asked for with `--help` and its like; returns the exit status.
    private static func tell(_ error: any Error) -> Int32 {
        if let failure = error as? CommandFailure {
            if !failure.message.isEmpty { TextStream.error.writeLine("cmcp-cli: \(failure.message)") }
            return failure.status.rawValue
        }
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        if !message.isEmpty {
            (code.isSuccess ? TextStream.output : TextStream.error).write(message + "\n")
        }
        switch code {
        case .validationFailure: return ExitStatus.usage.rawValue
        case .failure where !(error is ExitCode): return ExitStatus.internalFailure.rawValue
        default: return code.rawValue
        }
    }
}
