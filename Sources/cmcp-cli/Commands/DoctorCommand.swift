// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPCore
import ContainerMCPShell

/// `doctor`: which protection this machine gives, found out by doing.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show which layers of protection are in force here, and what would improve them.",
        discussion: """
            It starts the sandbox as a server would, tries everything that must be refused, and shows what the \
            kernel confirmed: each layer with what is missing and what that means, the promises that are weaker here, \
            and one command for each thing that can be improved on this machine. Where no sandbox can be had it says \
            why, for each level. Nothing is changed.

            Exit status 0: a server with these settings would start; 4: it would not. What the machine lacks \
            otherwise, such as a listed program, is told and does not count.

            Examples:
              cmcp-cli doctor
              cmcp-cli doctor --set SANDBOX_LEVEL=full --json
            """
    )

    @OptionGroup var answer: AnswerOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let interruption = Interruption()
        let settings = try server.settings(servesNetwork: false)
        CommandSettings.warn(settings)
        let diagnosis = try await interruption.cancelling { try await Self.diagnose(settings) }
        let report = ProtectionReport(
            diagnosis,
            backend: settings.sandbox.backend,
            machine: MachineFacts.read(for: settings)
        )
        if answer.isJSON { AnswerOptions.write(report.json) } else { DoctorReport(report: report).write() }
        guard diagnosis.isSufficient else { throw CommandFailure(.noSandbox) }
    }

    private static func diagnose(_ settings: Settings) async throws -> SandboxDiagnosis {
        do throws(ServerStartFailure) {
            return try await SandboxDiagnosis.run(settings, logger: CommandSettings.logger(settings))
        } catch {
            throw CommandFailure(error)
        }
    }
}
