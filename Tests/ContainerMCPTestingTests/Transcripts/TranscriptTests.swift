// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPTesting
import FoundationEssentials
import Testing

/// Plays the conversations in this folder: what the client says goes in as bytes, what comes back must be what is written.
@Suite(.timeLimit(.minutes(1))) struct TranscriptTests {
    /// Beside this file, unless `CMCP_PACKAGE_DIR` names the repository.
    private static let folder =
        ProcessInfo.processInfo.environment["CMCP_PACKAGE_DIR"].map {
            URL(fileURLWithPath: $0).appending(path: "Tests/ContainerMCPTestingTests/Transcripts")
        } ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    static let names = [
        "handshakes.md", "stateless.md", "question-in-a-session.md", "question-round-trip.md",
        "task-in-a-session.md",
        "task-extension.md", "batch.md", "broken-messages.md",
    ]

    private static let tools: [ScriptedTool] = [
        ScriptedTool("hello") { _, _ in .text("Hello") },
        ScriptedTool("greet") { _, context async throws(ToolError) in
            .text("Hello \(try context.answer("who", to: .name).text("name"))")
        },
        ScriptedTool("work", taskSupport: .optional(.atOnce)) { _, _ in .text("done") },
    ]

    @Test(arguments: names) func `the conversation goes as it is written`(name: String) async throws {
        let transcript = try Transcript(Self.folder.appending(path: name))
        let client = transcript.lines.count {
            if case .client = $0 { true } else { false }
        }
        try #require(client > 0 && client < transcript.lines.count, "the file holds no conversation")
        let fixture = try ServiceFixture(Self.tools)
        let transport = InMemoryTransport()
        async let served: Void = transport.run(fixture.service)
        var known: [String: JSONValue] = [:]
        do {
            for line in transcript.lines {
                switch line {
                case .client(var text, let isBroken):
                    for (placeholder, value) in known {
                        text = text.replacing("\"\(placeholder)\"", with: value.encodedString())
                    }
                    let bytes = Array((text + "\n").utf8)
                    await WireRecording.$isBrokenOnPurpose.withValue(isBroken) {
                        await transport.send(bytes: bytes)
                    }
                case .server(let expected):
                    let found = try #require(try await transport.next(), "the server said nothing more")
                    let difference = Transcript.difference(expected, found, &known)
                    try #require(
                        difference == nil,
                        "\(name): \(difference ?? "") in \(found.encodedString())"
                    )
                }
            }
        } catch {
            transport.endInput()
            await served
            throw error
        }
        transport.endInput()
        await served
        // Nothing was said that is not written.
        #expect(try await transport.next() == nil)
    }
}
