// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPTesting
import Testing

/// A tool with one thing wrong with it.
private struct FlawedTool: Tool {
    struct Arguments: Sendable {
        var text = ""
    }

    var name: ToolName = "flawed"
    var title = "Flawed"
    var summary = "Has a flaw."
    var effects: ToolEffects = []
    var outputSchema: JSONValue?
    var fields = ToolFields(Arguments(), [.required("text", \.text, maxLength: 100, "Some text.")])

    func call(_ arguments: Arguments, in context: CallContext) async throws(ToolError) -> ToolOutput {
        ToolOutput([:])
    }
}

@Suite struct ToolConformanceTests {
    @Test func `the tools that run programs conform`() {
        for tool in HostFixture.tools(ScriptedRunner(.ends(.success))) {
            #expect(ToolConformance.problems(of: tool) == [], "\(tool.name)")
        }
        #expect(ToolConformance.problems(of: EnvironmentVariableTool(variables: [])) == [])
        #expect(ToolConformance.problems(of: LettersTool()) == [])
        #expect(ToolConformance.problems(of: FlawedTool()) == [])
    }

    @Test func `a flaw of each kind is found`() {
        var flawed: [(FlawedTool, String)] = []
        func add(_ word: String, _ change: (inout FlawedTool) -> Void) {
            var tool = FlawedTool()
            change(&tool)
            flawed.append((tool, word))
        }
        add("name") { $0.name = "two words" }
        add("name") { $0.name = "" }
        add("title") { $0.title = "" }
        add("summary") { $0.summary = "" }
        add("one of an object") { $0.outputSchema = ["type": "string"] }
        add("one of an object") { $0.outputSchema = [] }
        add("no object") { $0.outputSchema = ["type": "object", "properties": []] }
        add("no schema") { $0.outputSchema = ["type": "object", "properties": ["a": 1]] }
        add("what 'a' means") {
            $0.outputSchema = ["type": "object", "properties": ["a": ["type": "string"]]]
        }
        add("no list") { $0.outputSchema = ["type": "object", "required": "a"] }
        add("which it does not have") { $0.outputSchema = ["type": "object", "required": ["a"]] }
        add("no name") { $0.outputSchema = ["type": "object", "required": [1]] }
        add("twice") {
            let property: JSONValue = ["type": "string", "description": "A."]
            $0.outputSchema = ["type": "object", "properties": ["a": property], "required": ["a", "a"]]
        }
        add("Plain arguments are refused") {
            $0.fields = ToolFields(
                FlawedTool.Arguments(),
                [.required("text", \.text, maxLength: 0, "Nothing.")]
            )
        }
        for (tool, word) in flawed {
            let problems = ToolConformance.problems(of: tool)
            #expect(problems.contains { $0.contains(word) }, "\(word): \(problems)")
        }
    }
}
