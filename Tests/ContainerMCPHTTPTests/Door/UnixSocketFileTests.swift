// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import FoundationEssentials
import Glibc
import Testing

@Suite struct UnixSocketFileTests {
    private let folder: TestFolder
    private var path: String { folder.path + "/mcp.sock" }

    init() throws {
        folder = try TestFolder()
    }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }

    private func serve(_ body: () async throws -> Void) async throws {
        try await RunningServer.light(["MCP_SOCKET": path]) { _ async throws in try await body() }
    }

    private func health() async throws -> Int {
        let connection = try await RawConnection.connect(socket: path)
        defer { connection.close() }
        try await connection.send(RunningServer.text("GET", "/health", host: "localhost"))
        return try await connection.reply().status
    }

    /// Leaves a socket as a server does that was killed.
    private func leaveSocket() throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }

    @Test func `the socket is for its owner alone, and nothing is left of it`() async throws {
        try await serve { () async throws in
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect("\(attributes[.posixPermissions] ?? "none")" == "\(0o600)")
            #expect(try await health() == 200)
        }
        #expect(try names == [])
    }

    @Test func `a socket that a crashed server left is replaced`() async throws {
        try leaveSocket()
        try await serve { () async throws in #expect(try await health() == 200) }
        #expect(try names == [])
    }

    @Test func `a socket that a server listens on is left alone`() async throws {
        try await serve { () async throws in
            await #expect(throws: MCPHTTPServerFailure.self) { try await serve {} }
            do {
                try await serve {}
            } catch let failure as MCPHTTPServerFailure {
                #expect(failure.code == .addressInUse)
            }
            #expect(try await health() == 200)
        }
    }

    @Test func `a file of another kind is never replaced`() async throws {
        try folder.write("mcp.sock", "keep me")
        await #expect(throws: MCPHTTPServerFailure.self) { try await serve {} }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "keep me")
        folder.remove("mcp.sock")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        await #expect(throws: MCPHTTPServerFailure.self) { try await serve {} }
        folder.remove("mcp.sock")
        try folder.write("target", "keep me")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.path + "/target")
        await #expect(throws: MCPHTTPServerFailure.self) { try await serve {} }
        #expect(try names == ["mcp.sock", "target"])
    }

    @Test func `what took its name meanwhile is not removed at the end`() async throws {
        try await serve { () async throws in
            folder.remove("mcp.sock")
            try folder.write("mcp.sock", "keep me")
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "keep me")
    }

    @Test func `a folder that is not there is told as such`() async throws {
        let flags = ["MCP_SOCKET": folder.path + "/none/mcp.sock"]
        do {
            try await RunningServer.light(flags) { _ in }
            Issue.record("it listened")
        } catch let failure as MCPHTTPServerFailure {
            #expect(failure.code == .cannotListen)
        }
    }
}
