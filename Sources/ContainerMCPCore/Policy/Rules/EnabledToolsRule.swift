// SPDX-License-Identifier: Apache-2.0

/// `TOOLS_ENABLE_SYSTEM`, `_FILE`, `_WEB`: denies all that a disabled tool asks for, and grants an enabled one what
/// no further setting is about.
struct EnabledToolsRule: PolicyRule {
    let enabledTools: Set<ToolName>

    let id = "enabled-tools"
    let origin = RuleOrigin.setting("TOOLS_ENABLE_…")

    func verdict(on request: PolicyRequest) -> RuleVerdict {
        guard enabledTools.contains(request.tool) else {
            return .denies("The tool '\(ShownText(request.tool.rawValue))' is switched off in the settings.")
        }
        switch request.demand {
        case .runPython, .readVariables, .readHealth, .listFolder:
            return .grants("the tool is enabled")
        case .runCommandLine, .runProgram, .readFile, .writeFile, .deleteFile, .moveFrom, .moveTo, .fetch,
            .other:
            return .abstains
        }
    }
}
