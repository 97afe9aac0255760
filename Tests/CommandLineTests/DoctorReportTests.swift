// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct DoctorReportTests {
    @Test func `every layer that is not in force has advice, its meaning and a place in the text`() throws {
        let run = try CommandLine.run(["doctor", "--set", "SANDBOX_LEVEL=filtered"])
        #expect(run.status == 0, "\(run.error)")
        let report = try run.json
        let layers = try #require(report["layers"]?.arrayValue)
        let missing = layers.filter { $0["status"] != "enforced" }
        #expect(missing.allSatisfy { $0["advice"] != "" })
        #expect(missing.map { $0["name"] } == report["missing"]?.arrayValue?.map { $0["name"] })
        #expect(
            report["missing"]?.arrayValue?.allSatisfy { $0["meaning"]?.stringValue?.isEmpty == false } == true
        )
        let text = try CommandLine.run(["doctor", "--text", "--set", "SANDBOX_LEVEL=filtered"])
        #expect(text.status == 0)
        #expect(
            text.output.hasPrefix(
                "Sandbox: filtered, backend native (required: filtered); a server starts.\n"
            )
        )
        for layer in layers { #expect(text.output.contains(layer["name"]?.stringValue ?? "?")) }
        #expect(text.output.contains("\n  - P8 is reduced: "))
        #expect(text.output.contains("\n      cmcp-cli doctor --set SANDBOX_LEVEL=auto\n"))
    }

    @Test func `the machine is told, and what it lacks for calls`() throws {
        let folder = try TemporaryFolder()
        let run = try CommandLine.run(
            ["doctor", "--set", "BASH_ALLOWED_COMMANDS=ls,no-such-program"],
            in: folder
        )
        #expect(run.status == 0, "what is missing does not count: \(run.error)")
        let report = try run.json
        #expect(report["machine"]?["kernel"]?.stringValue?.isEmpty == false)
        #expect(report["machine"]?["place"]?.stringValue?.isEmpty == false)
        let checks = try #require(report["checks"]?.arrayValue)
        for check in checks {
            #expect(check.objectValue?.keys == ["name", "status", "detail", "advice"])
            #expect((check["status"] == "warning") == (check["advice"] != ""))
        }
        let programs = checks.first { $0["name"] == "listed programs" }
        #expect(programs?["detail"]?.stringValue?.hasSuffix("missing: no-such-program") == true)
        #expect(
            checks.first { $0["name"] == "workspace" }?["detail"]?.stringValue?.contains(folder.path) == true
        )
        #expect(try folder.names().isEmpty)
    }

    @Test func `without a sandbox nothing is said to be kept but what the server does itself`() throws {
        let run = try CommandLine.run(["doctor", "--unsafe-no-sandbox", "--set", "SANDBOX_LEVEL=none"])
        let report = try run.json
        #expect(report["level"] == "none")
        let kept = report["promises"]?.arrayValue?.filter { $0["state"] == "kept" }.map { $0["id"] }
        #expect(kept == ["P9", "P10"])
        #expect(report["layers"]?[0]?["advice"]?.stringValue?.contains("--unsafe-no-sandbox") == true)
    }

    @Test func `the health of a server is a call like any other`() throws {
        let run = try CommandLine.call(["health_check", "self_test=true"])
        #expect(run.status == 0, "\(run.error)")
        let health = try run.json
        #expect(health["self_test"]?["passed"] == true)
        let text = try CommandLine.call(["--text", "health_check", "self_test=true"])
        #expect(text.status == 0)
        #expect(text.output.hasPrefix("status: "))
        #expect(text.output.contains("\nself-test: passed in "))
        let wrong = try CommandLine.call(["health_check", "all=true"])
        #expect(wrong.status == 2)
    }
}
