// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct ConfigCommandTests {
    @Test func `every key has its value, origin and default`() throws {
        let run = try CommandLine.run(
            ["config", "--set", "BASH_TIMEOUT_MAX=60"],
            environment: ["MCP_PORT": "9000"]
        )
        #expect(run.status == 0)
        let rows = try #require(try run.json.arrayValue)
        #expect(rows.count > 50)
        for row in rows { #expect(row.objectValue?.keys == ["key", "value", "origin", "default", "secret"]) }
        #expect(
            rows.contains([
                "key": "MCP_PORT", "value": "9000", "origin": "environment", "default": "8000",
                "secret": false,
            ])
        )
        #expect(
            rows.contains([
                "key": "BASH_TIMEOUT_MAX", "value": "60", "origin": "flag", "default": "120", "secret": false,
            ])
        )
    }

    @Test func `only what was changed is shown when that is asked for`() throws {
        let folder = try TemporaryFolder()
        try folder.write("LOG_LEVEL=ERROR\n", to: "my.env")
        let run = try CommandLine.run(["config", "--changed", "--env-file", "my.env"], in: folder)
        #expect(
            try run.json == [
                ["key": "LOG_LEVEL", "value": "ERROR", "origin": "file", "default": "INFO", "secret": false]
            ]
        )
    }

    @Test(arguments: ["--json", "--text"])
    func `secrets are masked`(form: String) throws {
        let token = "0123456789abcdef0123456789abcdef0123456789abcdef"
        let run = try CommandLine.run(["config", "--changed", form], environment: ["MCP_AUTH_TOKEN": token])
        #expect(run.status == 0)
        #expect(run.output.contains("MCP_AUTH_TOKEN"))
        #expect(!(run.output + run.error).contains(token))
    }
}
