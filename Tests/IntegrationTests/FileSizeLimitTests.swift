// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Foundation
import Testing

/// A server whose own files meet a limit (setrlimit(2) RLIMIT_FSIZE): what an ordinary user can try of a full disk.
@Suite struct FileSizeLimitTests {
    private func call(_ server: StdioProcessTests.Server, _ tool: String, _ arguments: String, id: Int) throws
        -> JSONValue
    {
        try server.send(
            #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)","arguments":\#(arguments)}}"#
        )
        return try answer(server, id)
    }

    /// The answer to a request; notifications may come before it.
    private func answer(_ server: StdioProcessTests.Server, _ id: Int) throws -> JSONValue {
        while true {
            let line = try server.line()
            if line["id"]?.intValue == id { return line }
        }
    }

    @Test func `a file that may grow no more is an error for its writer, and the server lives on`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "cmcp-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let audit = folder.appendingPathComponent("logs/audit.jsonl")
        let places = ["SANDBOX_ROOT": "workspace", "DATA_DIR": "data", "TEMP_DIR": "temp", "LOG_DIR": "logs"]
            .flatMap { key, name in ["--set", "\(key)=\(folder.path)/\(name)"] }
        let server = try StdioProcessTests.Server(
            places + ["--set", "AUDIT_LOG=\(audit.path)"],
            through: ["/bin/bash", "-c", "ulimit -f 128; exec \"$0\" \"$@\""],
            isInTestMode: false
        )
        defer { server.process.terminate() }
        try server.greet()
        let small = try call(server, "file_write", #"{"path":"a.txt","content":"the old content"}"#, id: 1)
        #expect(small["result"]?["structuredContent"]?["success"] == true, "\(small)")
        let content = String(repeating: "x", count: 200_000)
        let large = try call(server, "file_write", #"{"path":"a.txt","content":"\#(content)"}"#, id: 2)
        #expect(large["result"]?["isError"] == true)
        #expect(large["result"]?["structuredContent"]?["error"]?.stringValue?.contains("larger than") == true)
        let read = try call(server, "file_read", #"{"path":"a.txt"}"#, id: 3)
        #expect(read["result"]?["structuredContent"]?["content"] == "the old content")
        // The audit log grows with each call until it may not.
        var refused: JSONValue?
        for id in 4..<1000 where refused == nil {
            let reply = try call(server, "file_read", #"{"path":"a.txt"}"#, id: id)
            if reply["result"]?["isError"] == true { refused = reply }
        }
        let text = refused?["result"]?["structuredContent"]?["error"]?.stringValue ?? ""
        #expect(text.contains("audit log can't be written, so calls are refused"), "\(text)")
        try server.send(#"{"jsonrpc":"2.0","id":1000,"method":"ping"}"#)
        let pong = try answer(server, 1000)
        #expect(pong["result"] == .object([:]))
        // Room again, as from a program that puts log files aside.
        try FileManager.default.removeItem(at: audit)
        let again = try call(server, "file_read", #"{"path":"a.txt"}"#, id: 1001)
        #expect(again["result"]?["structuredContent"]?["content"] == "the old content", "\(again)")
    }
}
