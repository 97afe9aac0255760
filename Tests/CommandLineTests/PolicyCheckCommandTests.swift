// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct PolicyCheckCommandTests {
    private static let policy = """
        version: 1
        rules:
          - id: no-secrets
            tools: [file_read]
            paths: ["/secret/**"]
            verdict: deny
            reason: secrets stay here
          - id: ask-first
            tools: [file_delete]
            subjects: [alice]
            verdict: ask
        """

    @Test(arguments: [
        (["system_run_command", "command=ls | grep x"], "permitted", 0),
        (["system_run_command", "command=ls | rm x"], "denied", 3),
        (["system_run_python", "code=1"], "permitted", 0),
        (["system_env_var"], "permitted", 0),
        (["health_check", "self_test=true"], "permitted", 0),
        (["health_check", "--set", "TOOLS_ENABLE_SYSTEM=false"], "permitted", 0),
        (["file_write", "path=a.txt", "content=x"], "permitted", 0),
        (["file_write", "path=a.exe", "content=x"], "denied", 3),
        (["file_list", "path=/data"], "permitted", 0),
        (["file_move", "source=a.txt", "destination=/data/b.txt"], "denied", 3),
        (["file_read", "path=secret/a.txt"], "denied", 3),
        (["file_delete", "path=a.txt"], "permitted", 0),
        (["file_delete", "path=a.txt", "--subject", "alice"], "approval_needed", 3),
        (["file_read", "path=a.txt", "--set", "TOOLS_ENABLE_FILE=false"], "denied", 3),
    ])
    func `the verdict is told and is the exit status`(
        arguments: [String],
        outcome: String,
        status: Int
    ) throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.policy, to: "policy.yaml")
        let run = try CommandLine.run(
            ["policy", "check", "--set", "POLICY_FILE=policy.yaml"] + arguments,
            in: folder
        )
        #expect(run.status == status)
        #expect(run.error.isEmpty)
        #expect(try run.json["outcome"] == .string(outcome))
        #expect(try run.json["message"]?.isNull == (status == 0))
        #expect(try folder.names() == ["policy.yaml"], "it touched the disk")
    }

    @Test func `each rule is shown with its origin and its reason`() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.policy, to: "policy.yaml")
        let arguments = [
            "policy", "check", "file_read", "path=secret/a.txt", "--set", "POLICY_FILE=policy.yaml",
        ]
        let demand = try CommandLine.run(arguments, in: folder).json["demands"]?[0]
        #expect(demand?["demand"] == "read /secret/a.txt")
        let rules = demand?["rules"]?.arrayValue ?? []
        let denial = rules.first { $0["rule"] == "no-secrets" }
        #expect(denial?["origin"] == "policy file, line 3")
        #expect(denial?["verdict"] == "denies")
        #expect(denial?["reason"]?.stringValue?.contains("secrets stay here") == true)
        #expect(rules.contains { $0["rule"] == "allowed-endings" && $0["verdict"] == "grants" })
        let text = try CommandLine.run(arguments + ["--text"], in: folder)
        #expect(text.status == 3)
        #expect(text.output.contains("    no-secrets (policy file, line 3) denies: "))
    }
}
