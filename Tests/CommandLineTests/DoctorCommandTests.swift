// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct DoctorCommandTests {
    /// Starts a program in a user namespace that allows no further one, or as it is where there are none anyway.
    private static let withoutNamespaces = """
        forbid='echo 0 > /proc/sys/user/max_user_namespaces'
        enter='unshare -U --map-user=1000 --map-group=1000 --keep-caps'
        if $enter sh -c "$forbid" 2>/dev/null; then
            exec $enter sh -c "$forbid; exec \\"\\$@\\"" sh "$@"
        fi
        exec "$@"
        """

    private func runWithoutNamespaces(_ arguments: [String]) throws -> ProgramRun.Result {
        let folder = try TemporaryFolder()
        return try withExtendedLifetime(folder) {
            let command =
                ["/bin/sh", "-c", Self.withoutNamespaces, "sh", ProgramFolder.commandLine] + arguments
            return try ProgramRun(command, in: folder.path).finish()
        }
    }

    @Test func `the report names level and layers, and leaves nothing behind`() throws {
        let folder = try TemporaryFolder()
        let run = try CommandLine.run(["doctor"], in: folder)
        #expect(run.status == 0, "\(run.error)")
        let report = try run.json
        #expect(["full", "noproc", "filtered"].contains(report["level"]?.stringValue ?? ""))
        let layers = try #require(report["layers"]?.arrayValue)
        #expect(layers.count >= 15)
        for layer in layers {
            #expect(layer.objectValue?.keys == ["name", "status", "detail", "advice"])
            #expect(["enforced", "partial", "unavailable"].contains(layer["status"]?.stringValue ?? ""))
            let isEnforced = layer["status"] == "enforced"
            #expect((layer["detail"] == "") == isEnforced)
            #expect(!isEnforced || layer["advice"] == "")
        }
        #expect(layers.contains { $0["name"] == "seccomp filter" && $0["status"] == "enforced" })
        #expect(try folder.names().isEmpty)
    }

    @Test func `below the required level the status is 4, and the report says why`() throws {
        let run = try runWithoutNamespaces(["doctor", "--set", "SANDBOX_LEVEL=full"])
        #expect(run.status == 4)
        let report = try run.json
        #expect(report["level"] != "full")
        #expect(report["required"] == "full" && report["sufficient"] == false)
        #expect(report["levels"]?[0]?["level"] == "full")
        // A container may keep this level away by itself, and then it is /proc that can't be had.
        let failure = report["levels"]?[0]?["failure"]?.stringValue ?? ""
        let name = failure.contains("mount /proc") ? "private /proc" : "user namespace"
        #expect(name == "private /proc" || failure.contains(name), "\(failure)")
        let layer = report["layers"]?.arrayValue?.first { $0["name"]?.stringValue == name }
        #expect(layer?["status"] == "unavailable")
        #expect(layer?["advice"]?.stringValue?.isEmpty == false)
    }

    @Test func `a call below the required level does not happen`() throws {
        let run = try runWithoutNamespaces([
            "call", "system_run_command", "command=echo hi", "--set", "SANDBOX_LEVEL=full",
        ])
        #expect(run.status == 4)
        #expect(run.output.isEmpty)
        #expect(run.error.contains("cmcp-cli doctor"))
    }

    @Test func `as process 1, which a server in a container is, the level is the same`() throws {
        let folder = try TemporaryFolder()
        let first = [
            "/usr/bin/unshare", "-U", "--map-user=1000", "--map-group=1000", "-m", "-p", "-f",
            "--mount-proc",
        ]
        let control = try ProgramRun(first + ["/bin/sh", "-c", "echo $$"], in: folder.path).finish()
        guard control.status == 0 else {
            try Test.cancel("no namespaces with a /proc of their own can be had here: \(control.error)")
        }
        #expect(control.output == "1\n")
        let usual = try CommandLine.run(["doctor"], in: folder)
        let run = try ProgramRun(first + [ProgramFolder.commandLine, "doctor"], in: folder.path).finish()
        #expect(run.status == 0, "\(run.error)")
        #expect(try run.json["level"] == usual.json["level"])
    }
}
