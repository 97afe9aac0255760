// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPCore

/// Settings, subjects and actions that the policy tests share.
enum PolicyFixture {
    static let tools: Set<ToolName> = [
        .runCommand, .runPython, .environmentVariable, .healthCheck, .fileRead, .fileWrite, .fileList,
        .fileDelete,
        .fileMove,
    ]

    static let programs = ProgramTable(
        programs: [
            .init(entry: "ls", paths: ["/usr/bin/ls", "/bin/ls"]),
            .init(entry: "cat", paths: ["/usr/bin/cat", "/bin/cat"]),
            .init(entry: "echo", paths: ["/usr/bin/echo"]),
            .init(entry: "missing", paths: []),
            .init(entry: "/opt/tool/bin/run", paths: ["/opt/tool/bin/run"]),
            .init(entry: "/usr/local/bin/mytool", paths: ["/usr/local/bin/mytool"]),
        ],
        searchPath: ["/usr/local/bin", "/usr/bin", "/bin"]
    )

    static var settings: PolicySettings {
        PolicySettings(
            enabledTools: tools,
            programs: programs,
            allowedEndings: ["txt", "md"],
            allowedDomains: ["example.org", "*.example.net"]
        )
    }

    static func engine(_ yaml: String? = nil, settings: PolicySettings = PolicyFixture.settings) throws
        -> PolicyEngine
    {
        PolicyEngine(settings: settings, file: try yaml.map { try PolicyFile(yaml: Array($0.utf8)) })
    }

    static func command(_ text: String, in folder: String = "/") throws -> BashCommand {
        try BashCommand(
            text,
            workingDirectory: SandboxPath(parsing: folder),
            limits: RunLimits(timeout: .seconds(1), maximumTimeout: .seconds(2))
        )
    }
}

/// An action with any demands.
struct AnyAction: PolicedAction {
    var tool: ToolName = .fileRead
    var demands: [Demand]
}

extension PolicyDecision {
    var denial: Denial? {
        if case .denied(let denial) = self { denial } else { nil }
    }

    var permitted: Permitted<Action>? {
        if case .permitted(let permitted) = self { permitted } else { nil }
    }

    var approval: ApprovalRequest? {
        if case .approvalNeeded(let request) = self { request } else { nil }
    }
}
