// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPShell

/// `policy check`: what the policy says to a call, rule by rule.
struct PolicyCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Explain what the policy says to a call, rule by rule; nothing is run.",
        discussion: """
            Exit status 0: the call is permitted; 3: it is denied, or a person has to agree first. No sandbox \
            is started and no file of the workspace is touched.

            Examples:
              cmcp-cli policy check system_run_command command='ls | sort'
              cmcp-cli policy check file_write path=notes/a.txt content=x --subject alice
              cmcp-cli policy check file_read path=a.txt --set POLICY_FILE=policy.yaml --json
            """
    )

    @OptionGroup var input: ToolInput

    @Option(
        help: ArgumentHelp("Check for somebody who authenticated; default: anonymous.", valueName: "name")
    )
    var subject: String?

    @OptionGroup var answer: AnswerOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        _ = Interruption()
        let settings = try server.settings(servesNetwork: false)
        CommandSettings.warn(settings)
        let outline = try CommandSettings.outline(settings)
        let descriptor = try input.descriptor(among: outline.explainable)
        let object = try input.object(for: descriptor, limit: settings.limits.requestBytes)
        let explanation: PolicyExplanation
        do throws(ToolError) {
            let who = subject.map { Subject(id: $0, isAuthenticated: true) } ?? .anonymous
            explanation = try outline.explain(descriptor.name, object, for: who)
        } catch {
            throw CommandFailure(.usage, error.message)
        }
        if answer.isJSON {
            AnswerOptions.write(Self.json(explanation))
        } else {
            for line in explanation.lines { TextStream.output.writeLine(line) }
        }
        guard explanation.outcome == .permitted else { throw CommandFailure(.denied) }
    }

    private static func json(_ explanation: PolicyExplanation) -> JSONValue {
        let demands = explanation.parts.map { part -> JSONValue in
            let rules = part.rules.map { rule -> JSONValue in
                [
                    "rule": .string(rule.ruleID), "origin": .string(rule.origin.description),
                    "verdict": .string(rule.verdict.word), "reason": rule.reason.map { .string($0) } ?? .null,
                ]
            }
            return [
                "demand": .string(part.demand.summary), "outcome": .string(part.outcome.rawValue),
                "rules": .array(rules),
            ]
        }
        return [
            "tool": .string(explanation.tool.rawValue), "subject": .string(explanation.subject.id),
            "outcome": .string(explanation.outcome.rawValue),
            "message": explanation.message.map { .string($0) } ?? .null, "demands": .array(demands),
        ]
    }
}
