// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPShell

/// `tools`: the tools that a server with these settings offers.
struct ToolsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools",
        abstract: "List the tools.",
        discussion: """
            JSON is the result of tools/list. No sandbox is started.

            Examples:
              cmcp-cli tools
              cmcp-cli tools --json | jq '.tools[].name'
            """
    )

    @OptionGroup var answer: AnswerOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        _ = Interruption()
        let settings = try server.settings(servesNetwork: false)
        CommandSettings.warn(settings)
        let tools = try CommandSettings.outline(settings).registry.descriptors
        if answer.isJSON {
            return AnswerOptions.write(["tools": .array(tools.map { $0.jsonValue(for: .v20260728) })])
        }
        var table = TextTable(["NAME", "TITLE", "ARGUMENTS"])
        for tool in tools { table.add([tool.name, tool.title ?? "", Self.arguments(of: tool)]) }
        table.write(to: .output)
    }

    /// `command [timeout]`: those in brackets can be left out.
    private static func arguments(of tool: ToolDescriptor) -> String {
        let required = tool.inputSchema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let names = tool.inputSchema["properties"]?.objectValue?.keys ?? []
        return names.map { required.contains($0) ? $0 : "[\($0)]" }.joined(separator: " ")
    }
}
