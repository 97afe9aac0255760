// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPShell

/// `call`: calls one tool, as a client of a server would.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call a tool.",
        discussion: """
            It works in the folders of the settings (SANDBOX_ROOT and its like, from the current folder), or in \
            throw-away ones with --test-mode. On a terminal the tool's output goes to standard output and \
            standard error, with control characters escaped. In a pipe, or with --json, the answer is the \
            tool's result as JSON; --text gives the bare output in a pipe, too.

            Examples:
              cmcp-cli call system_run_command command='ls -l | sort' timeout=5
              cmcp-cli call system_run_python code=@analysis.py
              cmcp-cli call file_write path=notes.txt content=@- < notes.txt
              cmcp-cli call file_list pattern='**/*.csv' --json
              cmcp-cli call file_read --arguments '{"path": "notes.txt", "limit": 10}'

            Exit status: 0 success; 1 the tool said no success (a program's own status is in 'exit_code'); \
            2 usage; 3 denied by the policy; 4 no sandbox; 5 anything else; 130 interrupted, after all \
            processes are gone.
            """
    )

    @OptionGroup var input: ToolInput
    @OptionGroup var answer: AnswerOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let interruption = Interruption()
        let settings = try server.settings(servesNetwork: false)
        CommandSettings.warn(settings)
        let outline = try CommandSettings.outline(settings)
        let descriptor = try input.descriptor(among: outline.registry.descriptors)
        let arguments = try input.object(for: descriptor, limit: settings.limits.requestBytes)
        do throws(ToolError) {
            try outline.registry[descriptor.name]?.check(arguments)
        } catch {
            throw CommandFailure(.usage, error.message)
        }
        let name = descriptor.name
        let (result, refusal) = try await interruption.cancelling {
            try await Self.call(name, arguments, settings)
        }
        let content = result.structuredContent?.objectValue ?? [:]
        if answer.isJSON {
            AnswerOptions.write(.object(content))
            if refusal != nil, !TextStream.output.isTerminal { Self.tellError(of: content) }
        } else if refusal != nil {
            Self.tellError(of: content)
        } else {
            CallAnswer(tool: ToolName(rawValue: name), content: content).write()
        }
        if let refusal { throw CommandFailure(ExitStatus(refusal: refusal)) }
        guard content["success"] != false else { throw CommandFailure(.unsuccessful) }
    }

    /// Starts a server, makes the one call, and stops the server, whatever comes.
    private static func call(
        _ name: String,
        _ arguments: JSONObject,
        _ settings: Settings
    ) async throws -> (ToolResult, ToolError.Code?) {
        let server: ContainerMCPServer
        do throws(ServerStartFailure) {
            server = try await ContainerMCPServer.start(settings, logger: CommandSettings.logger(settings))
        } catch {
            throw CommandFailure(error)
        }
        let questions = TerminalQuestions()
        let link = RequestLink(tell: { _ in }, ask: questions?.asking)
        let answer = await server.host.callForStatus(
            name,
            arguments,
            caller: Caller(session: "cli", conversation: ConversationID()),
            request: RequestContext(
                revision: .newestLegacy,
                clientCapabilities: questions == nil ? ClientCapabilities() : TerminalQuestions.capabilities
            ),
            link: link
        )
        await server.stop()
        return answer
    }

    private static func tellError(of content: JSONObject) {
        for key in ["warning", "error"] {
            guard let text = content[key]?.stringValue else { continue }
            TextStream.error.writeLine("cmcp-cli: \(key == "warning" ? "warning: " : "")\(text)")
        }
    }
}
