// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import Testing

@testable import ContainerMCPCore

@Suite struct StaticResourcesTests {
    private let resources: StaticResources
    private let settings: Settings

    init() throws {
        settings = try Settings.load(
            environment: [
                "MCP_AUTH_TOKEN": "a-very-secret-token-0123456789abcdef",
                "SANDBOX_ROOT": "/srv/host-place/sandbox",
                "BASH_ALLOWED_COMMANDS": "ls,cat",
            ],
            currentDirectory: "/srv/host-place"
        )
        let report = EnforcementReport(
            level: .noproc,
            statuses: [
                .seccomp: .enforced, .landlock: .partial(missing: "scopes"),
                .cgroup: .unavailable(reason: "none"),
            ],
            reducedPromises: ["no /proc"],
            landlockABI: 4
        )
        resources = StaticResources([.sandboxReport(report), .settings(ConfigurationReport(settings))])
    }

    private func json(_ uri: String, _ context: CallContext) async throws -> JSONValue {
        let contents = try #require(try await resources.read(uri, in: context))
        #expect(contents.count == 1)
        #expect(contents[0].uri == uri)
        #expect(contents[0].mimeType == "application/json")
        guard case .text(let text) = contents[0].payload else { throw FileFailure.notFound }
        return try JSONValue(parsing: Array(text.utf8))
    }

    @Test func `the report of the sandbox comes first and tells every layer`() async throws {
        let context = try ResourceFixture().context()
        let list = try await resources.list(in: context)
        #expect(list.map(\.uri) == ["container-mcp://sandbox/report", "container-mcp://settings"])
        #expect(list.allSatisfy { $0.title != nil && $0.summary != nil })
        let report = try await json(list[0].uri, context)
        #expect(report["level"] == "noproc")
        #expect(report["landlock_abi"] == 4)
        #expect(report["backend"] == "native")
        #expect(report["reduced_promises"]?.arrayValue?.last == "no /proc")
        #expect(report["promises"]?.arrayValue?.count == 10)
        let layers = try #require(report["layers"]?.arrayValue)
        #expect(layers.count == Mechanism.allCases.count)
        #expect(
            layers.contains(["name": "seccomp filter", "status": "enforced", "detail": "", "advice": ""])
        )
        #expect(layers.contains(["name": "Landlock", "status": "partial", "detail": "scopes", "advice": ""]))
        #expect(layers.contains(["name": "cgroup", "status": "unavailable", "detail": "none", "advice": ""]))
    }

    @Test func `the settings are those that the tool shows, without secrets and places on the host`()
        async throws
    {
        let context = try ResourceFixture().context()
        let value = try await json("container-mcp://settings", context)
        let rows = try #require(value["settings"]?.arrayValue)
        let visible = ConfigurationReport(settings).visibleVariables
        #expect(rows.map { $0["key"]?.stringValue } == visible.map(\.name))
        #expect(rows.map { $0["value"]?.stringValue } == visible.map(\.value))
        #expect(
            rows.contains([
                "key": "BASH_ALLOWED_COMMANDS", "value": "ls,cat", "origin": "environment",
                "default": .string(SettingKey.named("BASH_ALLOWED_COMMANDS")?.defaultText ?? ""),
            ])
        )
        let text = value.encodedString()
        #expect(!text.contains("secret-token"))
        #expect(!text.contains("host-place"))
        #expect(!text.contains("MCP_AUTH_TOKEN"))
    }

    @Test func `whoever may not see settings finds the report first and nothing else`() async throws {
        let fixture = try ResourceFixture()
        let context = fixture.context(scopes: [.exec])
        #expect(try await resources.list(in: context).map(\.name) == ["sandbox_report"])
        #expect(try await resources.read("container-mcp://sandbox/report", in: context) != nil)
        #expect(
            await fixture.code { _ = try await resources.read("container-mcp://settings", in: context) }
                == .denied
        )
        #expect(!(await resources.watch("container-mcp://settings", in: context)))
        #expect(await resources.watch("container-mcp://sandbox/report", in: context))
    }

    @Test(arguments: [
        "container-mcp://settings/", "container-mcp://Settings", "container-mcp://", "",
        "file:///workspace/a.txt",
    ])
    func `other URIs are unknown`(uri: String) async throws {
        let context = try ResourceFixture().context()
        #expect(try await resources.read(uri, in: context) == nil)
        #expect(!(await resources.watch(uri, in: context)))
    }
}
