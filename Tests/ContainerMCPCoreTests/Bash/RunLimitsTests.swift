// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct RunLimitsTests {
    private let root: SandboxPath

    init() throws {
        root = try SandboxPath(parsing: "/")
    }

    private func limits() throws(ToolError) -> RunLimits {
        try RunLimits(timeout: .seconds(1), maximumTimeout: .seconds(120))
    }

    @Test(arguments: [Duration.milliseconds(1), .seconds(1), .seconds(120)])
    func `a timeout above zero and up to the maximum is taken`(timeout: Duration) throws {
        #expect(try RunLimits(timeout: timeout, maximumTimeout: .seconds(120)).timeout == timeout)
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .seconds(120) + .nanoseconds(1), .seconds(Int64.max)])
    func `another timeout is refused with the range`(timeout: Duration) {
        let error = #expect(throws: ToolError.self) {
            try RunLimits(timeout: timeout, maximumTimeout: .seconds(120))
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message == "'timeout' must be above 0 and at most 120 seconds.")
    }

    @Test(arguments: [
        (1_024, true), (1_048_576, true), (1_023, false), (1_048_577, false), (-1, false), (Int.max, false),
    ])
    func `the kept output has a range`(bytes: Int, isTaken: Bool) {
        let limits = try? RunLimits(timeout: .seconds(1), maximumTimeout: .seconds(1), maxOutput: bytes)
        #expect((limits != nil) == isTaken)
    }

    @Test func `standard input is taken up to 10 MiB, NUL bytes too`() throws {
        let most = [UInt8](repeating: 0, count: 10 * 1_024 * 1_024)
        #expect(
            try RunLimits(timeout: .seconds(1), maximumTimeout: .seconds(1), stdin: most).stdin?.count
                == most.count
        )
        let error = #expect(throws: ToolError.self) {
            try RunLimits(timeout: .seconds(1), maximumTimeout: .seconds(1), stdin: most + [0])
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `a command is taken up to 100 KiB`() throws {
        let most = String(repeating: "é", count: 50 * 1_024)
        #expect(try BashCommand(most, workingDirectory: root, limits: limits()).text == most)
        let error = #expect(throws: ToolError.self) {
            try BashCommand(most + "x", workingDirectory: root, limits: limits())
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("102401 bytes, at most 102400") == true)
    }

    @Test func `code is taken up to 1 MiB`() throws {
        let most = String(repeating: "x", count: 1_024 * 1_024)
        #expect(try PythonProgram(most, workingDirectory: root, limits: limits()).code == most)
        let error = #expect(throws: ToolError.self) {
            try PythonProgram(most + "x", workingDirectory: root, limits: limits())
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `a NUL character in text is refused by name`() {
        let command = #expect(throws: ToolError.self) {
            try BashCommand("ls\0", workingDirectory: root, limits: limits())
        }
        #expect(command?.code == .invalidArgument)
        #expect(command?.message.hasPrefix("'command' holds a NUL character") == true)
        let code = #expect(throws: ToolError.self) {
            try PythonProgram("\0", workingDirectory: root, limits: limits())
        }
        #expect(code?.message.hasPrefix("'code' holds a NUL character") == true)
    }

    @Test func `a name of a setting is bounded`() throws {
        #expect(try ReadVariables(name: "MCP_PORT").name == "MCP_PORT")
        #expect(try ReadVariables().name == nil)
        #expect(throws: ToolError.self) { try ReadVariables(name: String(repeating: "x", count: 257)) }
    }
}
