// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct EnvironmentTemplateTests {
    @Test func `the template is the one in the repository`() throws {
        try Snapshot.expect(EnvironmentTemplate.text(), at: "config/custom.env.template")
    }

    @Test func `as it is, it sets nothing`() throws {
        let file = try EnvironmentFile(parsing: Array(EnvironmentTemplate.text().utf8))
        #expect(file.entries.isEmpty)
    }

    @Test func `with its lines taken in, every key has its default`() throws {
        let lines = EnvironmentTemplate.text().split(separator: "\n").filter { line in
            line.hasPrefix("#") && line.dropFirst().first?.isUppercase == true && line.last != "="
        }
        let text = lines.map { $0.dropFirst() }.joined(separator: "\n")
        let file = try EnvironmentFile(parsing: Array(text.utf8))
        let defaults = SettingKey.all.filter { $0.defaultText?.isEmpty == false }
        #expect(file.entries.map(\.key) == defaults.map(\.name))
        let folder = "/nonexistent/base"
        let set = try Settings.load(environment: [:], file: file, currentDirectory: folder)
        let unset = try Settings.load(environment: [:], currentDirectory: folder)
        #expect(ConfigurationReport(set).rows.map(\.value) == ConfigurationReport(unset).rows.map(\.value))
    }
}
