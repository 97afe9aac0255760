// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import Glibc
import Testing

/// A full disk is an error for the writer and for nobody else.
@Suite(.serialized) struct FullDiskTests {
    static let levels: [SandboxLevel] = [.full, .filtered]

    @Test(arguments: levels)
    func
        `on a full workspace file_write leaves the old file whole, commands meet the error, and others go on`(
            level: SandboxLevel
        ) async throws
    {
        try await SmallDisk.with("size=1m") { disk in
            let workspace = disk.folder("workspace")
            try await AttackServer.with(level, ["SANDBOX_ROOT": workspace]) { attacked in
                #expect(await attacked.fileWrite("old.txt", "the old content").flag("success"))
                #expect(await attacked.fileWrite("source.txt", "to move").flag("success"))
                disk.fill()
                let write = await attacked.fileWrite("old.txt", String(repeating: "new", count: 40_000))
                #expect(write.isError)
                let text = write.text("error")
                #expect(
                    text.contains("no space left") && text.contains("'old.txt'") && text.contains("Delete")
                )
                #expect(HostFolder.read(workspace + "/old.txt") == "the old content")
                #expect(await attacked.fileWrite("fresh.txt", "fresh").isError)
                let names = HostFolder.names(in: workspace).filter { $0 != ".cmcp" }
                #expect(names == ["old.txt", "source.txt"])
                // What needs no space works.
                #expect(await attacked.fileRead("old.txt").text("content") == "the old content")
                let moved = await attacked.call(
                    "file_move",
                    ["source": "source.txt", "destination": "moved.txt"]
                )
                #expect(moved.flag("success"), "\(moved.everything)")
                // A command's own write is its own affair, and the run a normal result.
                let command = await attacked.bash("head -c 100000 /dev/zero > big || echo failed; echo on")
                #expect(!command.isError && command.exitCode == 0)
                #expect(command.output == "failed\non\n")
                #expect(command.trouble.contains("No space left on device"), "\(command.everything)")
                let python = await attacked.python("with open('big2', 'w') as f: f.write('x' * 100000)")
                #expect(!python.isError && python.exitCode == 1)
                #expect(python.trouble.contains("Errno 28"), "\(python.everything)")
                // A full text that can't be saved is said, and the reply comes.
                let long = await attacked.bash("yes 0123456789 | head -c 3000000")
                #expect(!long.isError && long.exitCode == 0)
                #expect(
                    long.text("stdout").contains("the full text could not be saved: there is no space left")
                )
                #expect(long.text("output_file").isEmpty)
                let both = await attacked.python(
                    "import sys\nprint('o' * 2000000); print('e' * 2000000, file=sys.stderr); _ = 7"
                )
                #expect(both.number("result") == 7)
                #expect(
                    both.output.contains("could not be saved") && both.trouble.contains("could not be saved")
                )
                // With space again everything is as before.
                disk.empty()
                _ = await attacked.bash("rm -f big big2")
                #expect(await attacked.fileWrite("old.txt", "the new content").flag("success"))
                #expect(HostFolder.read(workspace + "/old.txt") == "the new content")
            }
        }
    }

    @Test func `a full text is saved as far as there is space, and how far is said`() async throws {
        try await SmallDisk.with("size=2m") { disk in
            try await AttackServer.with(.full, ["SANDBOX_ROOT": disk.folder("workspace")]) { attacked in
                let long = await attacked.bash("yes 0123456789 | head -c 8000000")
                #expect(!long.isError && long.exitCode == 0)
                #expect(long.text("stdout").contains("of the full text could be saved"))
                let saved = long.text("output_file")
                #expect(saved.hasPrefix("/.cmcp/output/"))
                let size = HostFolder.read(disk.path + "/workspace" + saved)?.utf8.count ?? 0
                #expect(size > 1 << 20 && size < 2 << 20)
                #expect(long.text("stdout").contains("only the first \(size) bytes"))
            }
        }
    }

    @Test(arguments: levels)
    func `on a workspace without a free name writing is an error, and nothing else is`(level: SandboxLevel)
        async throws
    {
        try await SmallDisk.with("size=4m,nr_inodes=200") { disk in
            let workspace = disk.folder("workspace")
            try await AttackServer.with(level, ["SANDBOX_ROOT": workspace]) { attacked in
                #expect(await attacked.fileWrite("old.txt", "old").flag("success"))
                disk.fillNames()
                let write = await attacked.fileWrite("old.txt", "new")
                #expect(write.isError && write.text("error").contains("no space left"), "\(write.everything)")
                #expect(HostFolder.read(workspace + "/old.txt") == "old")
                #expect(await attacked.fileWrite("deep/er/new.txt", "new").isError)
                let command = await attacked.bash("mkdir x; touch y; echo more >> old.txt; cat old.txt")
                #expect(!command.isError && command.output == "oldmore\n", "\(command.everything)")
                #expect(command.trouble.contains("No space left on device"))
                disk.empty()
                #expect(await attacked.fileWrite("old.txt", "new").flag("success"))
            }
        }
    }

    @Test(arguments: levels)
    func `a full temporary folder of the server is nobody's trouble but the writer's`(level: SandboxLevel)
        async throws
    {
        try await SmallDisk.with("size=1m,nr_inodes=100") { disk in
            let temporary = disk.folder("temp")
            try await AttackServer.with(level, ["TEMP_DIR": temporary]) { attacked in
                disk.fill()
                let write = await attacked.bash(
                    "head -c 70000000 /dev/zero > $TMPDIR/x || echo failed; rm -f $TMPDIR/x; echo on"
                )
                #expect(!write.isError && write.output == "failed\non\n", "\(write.everything)")
                let text = level.hasOwnRoot ? "File size limit|No space left" : "No space left on device"
                #expect(
                    text.split(separator: "|").contains { write.trouble.contains($0) },
                    "\(write.everything)"
                )
                disk.fillNames()
                let none = await attacked.bash("echo here")
                if level.hasOwnRoot {
                    #expect(none.output == "here\n")
                } else {
                    // Nothing runs without a folder of its own.
                    #expect(none.isError && none.text("error").contains("no room for another call"))
                }
                #expect(await attacked.fileWrite("a.txt", "text").flag("success"))
                #expect(await attacked.fileRead("a.txt").text("content") == "text")
                disk.empty()
                #expect(await attacked.bash("echo here").output == "here\n")
            }
        }
    }

    @Test func `calls are refused while the audit log can't be written, and served again when it can`()
        async throws
    {
        try await SmallDisk.with("size=256k") { disk in
            let logs = disk.folder("logs")
            let changes = ["LOG_DIR": logs, "AUDIT_LOG": logs + "/audit.jsonl"]
            try await AttackServer.with(.full, changes) { attacked in
                #expect(await attacked.bash("echo before").output == "before\n")
                disk.fill()
                // What is left of the last page takes some lines more.
                var refusal: Reply?
                for _ in 0..<40 where refusal == nil {
                    let reply = await attacked.bash("echo more")
                    if reply.isError { refusal = reply }
                }
                let refused = try #require(refusal)
                #expect(refused.text("error").contains("audit log can't be written, so calls are refused"))
                // From now on nothing is begun, whatever the tool.
                for _ in 0..<3 {
                    #expect(await attacked.bash("touch begun").isError)
                    #expect(await attacked.fileWrite("begun.txt").isError)
                    #expect(await attacked.fileRead("begun.txt").isError)
                }
                #expect(!HostFolder.exists(attacked.workspace + "/begun"))
                #expect(!HostFolder.exists(attacked.workspace + "/begun.txt"))
                disk.empty()
                #expect(await attacked.bash("echo again").output == "again\n")
                let lines = try #require(HostFolder.read(logs + "/audit.jsonl")).split(separator: "\n")
                #expect(lines.allSatisfy { $0.hasPrefix("{\"time\"") && $0.hasSuffix("}") })
                #expect(lines.contains { $0.contains("\"kind\":\"resumed\"") })
                #expect(lines.last?.contains("system_run_command") == true)
            }
        }
    }
}
