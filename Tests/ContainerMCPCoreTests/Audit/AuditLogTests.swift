// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import ContainerMCPCore

@Suite struct AuditLogTests {
    private func event(_ tool: String) -> AuditEvent {
        var event = AuditEvent(.call)
        event.tool = tool
        return event
    }

    @Test func `a line is in the file when record returns, in a private file and folder`() async throws {
        let folder = try TemporaryFolder()
        let log = try await AuditLog(path: folder.path + "/a/b/audit.jsonl")
        #expect(try folder.read("a/b/audit.jsonl").isEmpty)
        for number in 1...3 {
            try await log.record(event("t\(number)"))
            let lines = try folder.read("a/b/audit.jsonl").split(separator: "\n")
            #expect(lines.count == number)
            #expect(lines.last?.hasSuffix(#""kind":"call","tool":"t\#(number)"}"#) == true)
        }
        #expect(folder.mode("a") == 0o700 && folder.mode("a/b") == 0o700)
        #expect(folder.mode("a/b/audit.jsonl") == 0o600)
    }

    @Test func `settings say where the log is and how much of a call it keeps`() async throws {
        let folder = try TemporaryFolder()
        let settings = try Settings.load(
            environment: ["LOG_DIR": folder.path, "AUDIT_FULL_TEXT": "true"],
            currentDirectory: "/nonexistent"
        )
        let log = try await AuditLog(settings.audit)
        var event = AuditEvent(.call)
        event.arguments = AuditArguments(#"{"a":1}"#)
        try await log.record(event)
        #expect(try folder.read("audit.jsonl").contains(#""arguments":"{\"a\":1}""#))
    }

    @Test func `a server that starts again goes on in the same file`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("audit.jsonl", "{\"old\":1}\n", mode: 0o644)
        let log = try await AuditLog(path: folder.path + "/audit.jsonl")
        try await log.record(event("new"))
        let lines = try folder.read("audit.jsonl").split(separator: "\n")
        #expect(lines.count == 2 && lines[0] == "{\"old\":1}")
        #expect(folder.mode("audit.jsonl") == 0o600)
    }

    @Test func `half a line of a server that died does not spoil the next one`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("audit.jsonl", "{\"old\":1}\n{\"hal")
        let log = try await AuditLog(path: folder.path + "/audit.jsonl")
        try await log.record(event("a"))
        try await log.record(event("b"))
        let lines = try folder.read("audit.jsonl").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 5 && lines[1] == "{\"hal" && lines[2].contains("\"a\"") && lines[4].isEmpty)
    }

    @Test func `a full file is set aside and the oldest one goes`() async throws {
        let folder = try TemporaryFolder()
        let log = try await AuditLog(
            path: folder.path + "/audit.jsonl",
            maximumFileBytes: 200,
            maximumFiles: 3
        )
        for number in 100..<120 { try await log.record(event("t\(number)")) }
        var found: [String] = []
        for name in ["audit.jsonl.2", "audit.jsonl.1", "audit.jsonl"] {
            let text = try folder.read(name)
            #expect(text.utf8.count <= 200)
            #expect(folder.mode(name) == 0o600)
            found += text.split(separator: "\n").map(String.init)
        }
        #expect(!folder.exists("audit.jsonl.3"))
        let last = (120 - found.count)..<120
        #expect(found.count >= 4)
        for (line, number) in zip(found, last) { #expect(line.contains("\"t\(number)\"")) }
    }

    @Test func `one file in all begins anew, and a line larger than a file is written all the same`()
        async throws
    {
        let folder = try TemporaryFolder()
        let log = try await AuditLog(
            path: folder.path + "/audit.jsonl",
            maximumFileBytes: 10,
            maximumFiles: 1
        )
        for number in 0..<5 { try await log.record(event("t\(number)")) }
        #expect(try folder.read("audit.jsonl").split(separator: "\n").count == 1)
        #expect(!folder.exists("audit.jsonl.1"))
    }

    @Test func `files beyond a smaller number are removed`() async throws {
        let folder = try TemporaryFolder()
        for number in 1...6 { try folder.write("audit.jsonl.\(number)", "old\n") }
        let log = try await AuditLog(
            path: folder.path + "/audit.jsonl",
            maximumFileBytes: 60,
            maximumFiles: 3
        )
        try await log.record(event("a"))
        try await log.record(event("b"))
        #expect(folder.exists("audit.jsonl.2"))
        for number in 3...6 { #expect(!folder.exists("audit.jsonl.\(number)")) }
    }

    @Test func `servers that share a log lose and mix no line, also while it is set aside`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/audit.jsonl"
        try await withThrowingTaskGroup(of: Void.self) { group in
            for server in 0..<4 {
                let log = try await AuditLog(path: path, maximumFileBytes: 2_000, maximumFiles: 100)
                for call in 0..<50 {
                    group.addTask { try await log.record(self.event("s\(server)c\(call)")) }
                }
            }
            try await group.waitForAll()
        }
        var tools: [String] = []
        for number in 0..<100 {
            let name = number == 0 ? "audit.jsonl" : "audit.jsonl.\(number)"
            guard folder.exists(name) else { break }
            let text = try folder.read(name)
            #expect(text.utf8.count <= 2_000 && text.hasSuffix("\n"))
            for line in text.split(separator: "\n") {
                #expect(line.hasPrefix("{\"time\":\"") && line.hasSuffix("\"}"))
                tools.append(String(line.split(separator: "\"").dropLast().last ?? ""))
            }
        }
        #expect(folder.exists("audit.jsonl.1"))
        #expect(tools.count == 200)
        #expect(Set(tools).count == 200)
    }

    @Test func `a log that somebody moved away is opened again`() async throws {
        let folder = try TemporaryFolder()
        let log = try await AuditLog(path: folder.path + "/audit.jsonl")
        try await log.record(event("a"))
        #expect(unsafe rename(folder.path + "/audit.jsonl", folder.path + "/moved") == 0)
        try await log.record(event("b"))
        #expect(try folder.read("moved").contains("\"a\""))
        #expect(try folder.read("audit.jsonl").contains("\"b\""))
    }

    @Test(arguments: ["link", "dangling", "hardlink", "pipe", "folder"])
    func `a log that is no file of its own is refused and nothing else is written`(kind: String) async throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path + "/audit.jsonl"
        try folder.write("victim", "kept")
        switch kind {
        case "link": try folder.link("audit.jsonl", to: "victim")
        case "dangling": try folder.link("audit.jsonl", to: "new")
        case "hardlink": #expect(unsafe Glibc.link(folder.path + "/victim", path) == 0)
        case "pipe": #expect(unsafe mkfifo(path, 0o600) == 0)
        default: try folder.makeFolder("audit.jsonl")
        }
        let error = await #expect(throws: ToolError.self) { try await AuditLog(path: path) }
        #expect(error?.code == .internalFailure)
        #expect(error?.message.contains(folder.path) == false)
        #expect(try folder.read("victim") == "kept")
        #expect(!folder.exists("new"))
    }

    @Test func `after a failure calls are refused until the log can be written, and the gap is marked`()
        async throws
    {
        let folder = try TemporaryFolder()
        let log = try await AuditLog(path: folder.path + "/audit.jsonl")
        try await log.ensureWritable()
        #expect(try folder.read("audit.jsonl").isEmpty)
        #expect(unsafe unlink(folder.path + "/audit.jsonl") == 0)
        try folder.makeFolder("audit.jsonl")
        await #expect(throws: ToolError.self) { try await log.record(event("a")) }
        await #expect(throws: ToolError.self) { try await log.ensureWritable() }
        #expect(unsafe rmdir(folder.path + "/audit.jsonl") == 0)
        try await log.ensureWritable()
        try await log.record(event("b"))
        let lines = try folder.read("audit.jsonl").split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("\"kind\":\"resumed\"") && lines[1].contains("\"b\""))
    }

    @Test func `a lock that is never given up fails the call instead of holding it`() async throws {
        let folder = try TemporaryFolder()
        let log = try await AuditLog(
            path: folder.path + "/audit.jsonl",
            maximumFileBytes: 1_000,
            maximumFiles: 2,
            keepsFullText: false,
            lockAttempts: 3,
            now: { AuditTime(milliseconds: 0) }
        )
        let lock = unsafe open(folder.path + "/audit.jsonl.lock", O_RDWR | O_CLOEXEC)
        #expect(flock(lock, LOCK_EX) == 0)
        await #expect(throws: ToolError.self) { try await log.record(event("a")) }
        close(lock)
        try await log.record(event("b"))
    }

    @Test func `a closed log takes no more`() async throws {
        let folder = try TemporaryFolder()
        let log = try await AuditLog(path: folder.path + "/audit.jsonl")
        try await log.record(event("a"))
        log.close()
        await #expect(throws: ToolError.self) { try await log.record(event("b")) }
        #expect(try folder.read("audit.jsonl").split(separator: "\n").count == 1)
    }

    @Test func `a device or a place where nothing can be written is refused`() async throws {
        let error = await #expect(throws: ToolError.self) { try await AuditLog(path: "/dev/full") }
        #expect(error?.code == .internalFailure)
        await #expect(throws: ToolError.self) { try await AuditLog(path: "/proc/audit/audit.jsonl") }
    }
}
