// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPShell

/// `config`: every setting, its value, where that came from, its default.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show every setting with its value, origin and default; secrets are masked.",
        discussion: """
            Examples:
              cmcp-cli config --changed
              cmcp-cli config --set BASH_TIMEOUT_MAX=60 --json
            """
    )

    @Flag(help: "Only settings that are not at their default.")
    var changed = false

    @OptionGroup var answer: AnswerOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        _ = Interruption()
        let settings = try server.settings(servesNetwork: false)
        CommandSettings.warn(settings)
        let rows = ConfigurationReport(settings).rows.filter { !changed || $0.origin != .default }
        if answer.isJSON {
            return AnswerOptions.write(.array(rows.map(Self.json)))
        }
        guard !rows.isEmpty else { return TextStream.output.writeLine("Every setting is at its default.") }
        var table = TextTable(["KEY", "ORIGIN", "DEFAULT", "VALUE"])
        for row in rows {
            table.add([row.key, row.origin.rawValue, Self.short(row.defaultValue), Self.shown(row.value)])
        }
        table.write(to: .output)
    }

    private static func json(_ row: ConfigurationReport.Row) -> JSONValue {
        [
            "key": .string(row.key), "value": row.value.map { .string($0) } ?? .null,
            "origin": .string(row.origin.rawValue), "default": row.defaultValue.map { .string($0) } ?? .null,
            "secret": .bool(row.isSecret),
        ]
    }

    private static func shown(_ text: String?) -> String {
        switch text {
        case nil: "-"
        case "": "(empty)"
        case let text?: text
        }
    }

    /// The default, cut: long lists are in the column of the value as long as they hold.
    private static func short(_ text: String?) -> String {
        let shown = shown(text)
        return shown.count > 24 ? String(shown.prefix(23)) + "…" : shown
    }
}
