// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import Testing

/// The report of a real server, at each level that the machine has.
@Suite struct HealthTests {
    @Test(arguments: [SandboxLevel.full, .noproc, .filtered])
    func `a confined program runs, and the report is that of the server`(level: SandboxLevel) async throws {
        let settings = ["SANDBOX_LEVEL": level.rawValue]
        do {
            try await TestServer.with(settings) { server in
                let health = try await server.result(.healthCheck, ["self_test": true, "verbose": true])
                #expect(health["success"] == true, "\(health["self_test"]?.description ?? "")")
                #expect(health["self_test"]?["passed"] == true)
                #expect(health["level"] == .string(level.rawValue))
                #expect(health["managers"]?["bash"] == true && health["managers"]?["web"] == false)
                #expect(health["load"]?["average"]?.arrayValue?.count == 3)
                let layers = try #require(health["sandbox"]?["layers"]?.arrayValue)
                for layer in layers {
                    let mechanism = try #require(Mechanism(rawValue: layer["name"]?.stringValue ?? ""))
                    let status = server.server.report.statuses[mechanism]
                    #expect(layer["status"]?.stringValue == status?.word ?? "unavailable")
                }
                let text = JSONValue.object(health).encodedString()
                #expect(!text.contains(server.server.settings.sandbox.root))
            }
        } catch let failure as ServerStartFailure where failure.code == .noSandbox {
            try Test.cancel("level \(level.rawValue) can't be had here: \(failure.message)")
        }
    }

    @Test func `a self-test works where no commands are offered`() async throws {
        try await TestServer.with(["TOOLS_ENABLE_SYSTEM": "false"]) { server in
            let health = try await server.result(.healthCheck, ["self_test": true])
            #expect(health["self_test"]?["passed"] == true)
            #expect(health["managers"] == ["bash": false, "python": false, "file": true, "web": false])
        }
    }
}
