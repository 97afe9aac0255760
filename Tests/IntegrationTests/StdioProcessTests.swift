// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPTesting
import Foundation
import Testing

/// The built stdio server as a process of its own.
@Suite(.serialized) struct StdioProcessTests {
    /// Where the programs are: named by the environment, or beside the test bundle.
    static var program: URL {
        let named = ProcessInfo.processInfo.environment["CMCP_BIN_DIR"].map { URL(fileURLWithPath: $0) }
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let bundle = Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
        let folders = [named, beside].compactMap { $0 } + bundle
        let found = folders.map { $0.appendingPathComponent("ContainerMCPStdio") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        return found ?? URL(fileURLWithPath: "/missing/ContainerMCPStdio")
    }

    /// A running server and the lines it writes.
    final class Server {
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        private var buffer = Data()
        private let recording = WireRecording(.lines)

        /// Starts one, by a wrapper with its arguments where one is given; not in test mode it works in folders that the
        /// arguments name.
        init(_ arguments: [String] = [], through wrapper: [String] = [], isInTestMode: Bool = true) throws {
            let program = StdioProcessTests.program
            let settings =
                (isInTestMode ? ["--test-mode"] : []) + ["--set", "BASH_ALLOWED_COMMANDS=sleep,echo"]
            let words = wrapper + [program.path] + settings + arguments
            process.executableURL = URL(fileURLWithPath: words[0])
            process.arguments = Array(words.dropFirst())
            // What the tests are told by names that begin with CMCP_ is unknown to a server, which says so and stops.
            process.environment = ["PATH": "/usr/bin:/bin"]
            process.standardInput = input
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
        }

        func send(_ text: String) throws {
            recording.client(Array((text + "\n").utf8))
            try input.fileHandleForWriting.write(contentsOf: Data((text + "\n").utf8))
        }

        func line() throws -> JSONValue {
            while true {
                if let end = buffer.firstIndex(of: 0x0A) {
                    let line = Array(buffer[buffer.startIndex..<end])
                    buffer = Data(buffer[buffer.index(after: end)...])
                    return try JSONValue(parsing: line)
                }
                let more = output.fileHandleForReading.availableData
                try #require(!more.isEmpty, "the server closed its output")
                recording.server(Array(more))
                buffer.append(more)
            }
        }

        func greet() throws {
            try send(
                #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#
            )
            #expect(try line()["result"]?["protocolVersion"] == "2025-11-25")
        }

        func run(_ command: String, id: Int) throws {
            try send(
                #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"system_run_command","arguments":{"command":"\#(command)"}}}"#
            )
        }
    }

    /// How many processes have an argument that is exactly this text.
    static func processes(with argument: String) -> Int {
        identifiers(with: argument).count
    }

    /// Processes with an argument that is exactly this text.
    static func identifiers(with argument: String) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(pid_t.init).filter { number in
            let data = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") ?? Data()
            return data.split(separator: 0).contains { String(decoding: $0, as: UTF8.self) == argument }
        }
    }

    /// Waits, bounded, until something is so.
    static func eventually(_ condition: () -> Bool) -> Bool {
        for _ in 0..<200 {
            if condition() { return true }
            usleep(25_000)
        }
        return false
    }

    @Test(arguments: [true, false])
    func `a server whose client does not read ends all the same`(bySignal: Bool) throws {
        let server = try Server()
        try server.greet()
        // More than a pipe holds, and nobody takes it.
        for id in 1...40 { try server.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/list"}"#) }
        if bySignal {
            server.process.terminate()
        } else {
            try server.input.fileHandleForWriting.close()
        }
        #expect(Self.eventually { !server.process.isRunning })
        if server.process.isRunning { kill(server.process.processIdentifier, SIGKILL) }
    }

    @Test func `a server that is killed takes its running commands with it`() throws {
        let server = try Server()
        try server.greet()
        try server.run("sleep 71.77", id: 1)
        #expect(Self.eventually { Self.processes(with: "71.77") == 1 })
        kill(server.process.processIdentifier, SIGKILL)
        #expect(Self.eventually { Self.processes(with: "71.77") == 0 })
        server.process.waitUntilExit()
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a stop signal ends the server cleanly`(signal: Int32) throws {
        let server = try Server()
        try server.greet()
        try server.run("sleep 71.78", id: 1)
        #expect(Self.eventually { Self.processes(with: "71.78") == 1 })
        kill(server.process.processIdentifier, signal)
        server.process.waitUntilExit()
        #expect(server.process.terminationStatus == 0 && server.process.terminationReason == .exit)
        #expect(Self.processes(with: "71.78") == 0)
    }

    @Test func `as process 1 the server reaps what others left behind`() throws {
        let enter = ["-U", "--map-user=1000", "--map-group=1000", "-m", "-p", "-f", "--mount-proc"]
        let control = Process()
        control.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        control.arguments = enter + ["/bin/true"]
        control.standardError = FileHandle.nullDevice
        try control.run()
        control.waitUntilExit()
        guard control.terminationStatus == 0 else {
            try Test.cancel("no namespaces with a /proc of their own can be had here")
        }
        // The sleeper's parent goes at once, so it becomes the child of what the shell turns into.
        let mark = "86398.\(UInt32.random(in: 100_000...999_999))"
        let script = "(sleep \(mark) &); exec \"$@\""
        let server = try Server(through: ["/usr/bin/unshare"] + enter + ["/bin/sh", "-c", script, "sh"])
        try server.greet()
        #expect(Self.eventually { Self.identifiers(with: mark).count == 1 })
        let orphan = try #require(Self.identifiers(with: mark).first)
        kill(orphan, SIGKILL)
        // A dead process keeps its folder there until it is reaped.
        #expect(Self.eventually { !FileManager.default.fileExists(atPath: "/proc/\(orphan)") })
        try server.input.fileHandleForWriting.close()
        server.process.waitUntilExit()
        #expect(server.process.terminationStatus == 0)
    }

    @Test func `the end of input ends the server after what was read is answered`() throws {
        let server = try Server()
        try server.greet()
        try server.run("echo last", id: 7)
        try server.input.fileHandleForWriting.close()
        let answer = try server.line()
        #expect(answer["id"] == 7)
        #expect(answer["result"]?["structuredContent"]?["stdout"] == "last\n")
        server.process.waitUntilExit()
        #expect(server.process.terminationStatus == 0)
    }

    @Test func `a cancelled command is gone and its request is not answered`() throws {
        let server = try Server()
        try server.greet()
        try server.run("sleep 71.79", id: 1)
        #expect(Self.eventually { Self.processes(with: "71.79") == 1 })
        try server.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        #expect(Self.eventually { Self.processes(with: "71.79") == 0 })
        try server.send(#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#)
        #expect(try server.line() == ["jsonrpc": "2.0", "id": 2, "result": [:]])
        try server.input.fileHandleForWriting.close()
        server.process.waitUntilExit()
    }

    @Test func `a level that can't be had and a bad setting stop the start with their status`() throws {
        let bad = try Server(["--set", "BASH_TIMEOUT_MAX=0"])
        bad.process.waitUntilExit()
        #expect(bad.process.terminationStatus == 2)
        let missing = try Server(["--set", "PYTHON_EXECUTABLE=/etc/passwd"])
        missing.process.waitUntilExit()
        #expect(missing.process.terminationStatus == 5)
    }
}
