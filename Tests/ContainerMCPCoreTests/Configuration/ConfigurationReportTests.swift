// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct ConfigurationReportTests {
    private func settings(_ environment: [String: String] = [:]) throws -> Settings {
        try Settings.load(environment: environment, currentDirectory: "/nonexistent/base")
    }

    @Test func `the report has every key with value, origin and default`() throws {
        let report = ConfigurationReport(try settings(["BASH_TIMEOUT_MAX": "60", "DEBUG": "YES"]))
        #expect(report.rows.map(\.key) == SettingKey.all.map(\.name))
        let timeout = try #require(report.rows.first { $0.key == "BASH_TIMEOUT_MAX" })
        #expect(timeout.value == "60" && timeout.origin == .environment && timeout.defaultValue == "120")
        #expect(report.rows.first { $0.key == "DEBUG" }?.value == "true")
        #expect(report.rows.first { $0.key == "POLICY_FILE" }?.value == nil)
        #expect(report.rows.first { $0.key == "MCP_AUTH_TOKEN" }?.isSecret == true)
        #expect(report.rows.first { $0.key == "SANDBOX_ROOT" }?.value == "/nonexistent/base/sandbox")
    }

    @Test func `the model sees the first table as a child sees it`() throws {
        let report = ConfigurationReport(try settings(["MCP_AUTH_TOKEN": "hunter2-hunter2-hunter2"]))
        #expect(report.visibleValue(of: "SANDBOX_ROOT") == "/workspace")
        #expect(report.visibleValue(of: "DATA_DIR") == "/data")
        #expect(report.visibleValue(of: "TEMP_DIR") == "/tmp")
        #expect(report.visibleValue(of: "BASH_TIMEOUT_MAX") == "120")
        #expect(report.visibleValue(of: "SEARXNG_URL") == "")
        for variable in report.visibleVariables {
            #expect(!variable.value.contains("/nonexistent") && !variable.value.contains("hunter2"))
        }
    }

    @Test(arguments: [
        "MCP_AUTH_TOKEN", "MCP_AUTH_TOKEN_FILE", "LOG_DIR", "POLICY_FILE", "AUDIT_LOG",
        "BRAVE_SEARCH_API_KEY", "WEB_PROXY",
        "MCP_TLS_KEY", "SESSION_MAX", "PATH", "HOME", "NO_SUCH_NAME", "", "bash_timeout_max",
    ])
    func `a name that is not on the list answers like one that does not exist`(name: String) throws {
        #expect(
            ConfigurationReport(try settings(["MCP_AUTH_TOKEN": "hunter2-hunter2-hunter2"])).visibleValue(
                of: name
            ) == nil
        )
    }

    @Test func `the page on settings is the one in the repository`() throws {
        try Snapshot.expect(ConfigurationDocument.markdown(), at: "docs/configuration.md")
    }

    @Test func `the page names every key and every retired one`() {
        let page = ConfigurationDocument.markdown()
        for key in SettingKey.all { #expect(page.contains("| `\(key.name)` |")) }
        for retired in RetiredSetting.all { #expect(page.contains("`\(retired.name)")) }
    }
}
