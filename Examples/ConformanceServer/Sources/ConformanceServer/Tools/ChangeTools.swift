// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// `test_trigger_tool_change`: adds a tool to the list, or takes it away.
///
/// The catalogue tells every client that wants to hear of it.
struct ToolChangeTool: FixtureTool {
    let name: ToolName = "test_trigger_tool_change"
    let summary = "Adds a tool to the list, or takes it away again."
    let catalogue: Catalogue

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let tool = PassingTool()
        if catalogue.removeTool(tool.name) { return .text("Removed '\(tool.name)'.") }
        try catalogue.add(tool)
        return .text("Added '\(tool.name)'.")
    }
}

/// `test_passing_tool`: there from one call of ``ToolChangeTool`` to the next.
struct PassingTool: FixtureTool {
    let name: ToolName = "test_passing_tool"
    let summary = "Comes and goes."

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        .text("Still here.")
    }
}

/// `test_trigger_prompt_change`: adds a prompt to the list, or takes it away.
struct PromptChangeTool: FixtureTool {
    let name: ToolName = "test_trigger_prompt_change"
    let summary = "Adds a prompt to the list, or takes it away again."
    let catalogue: Catalogue

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        let prompt = PassingPrompt()
        let name = prompt.descriptor.name
        if catalogue.removePrompt(name) { return .text("Removed '\(name)'.") }
        catalogue.add(prompt)
        return .text("Added '\(name)'.")
    }
}

/// `test_trigger_resource_change`: changes a resource.
struct ResourceChangeTool: FixtureTool {
    let name: ToolName = "test_trigger_resource_change"
    let summary = "Changes the resource \(FixtureResources.watched)."
    let resources: FixtureResources

    func call(_ arguments: Void, in context: CallContext) async throws(ToolError) -> ToolOutput {
        .text("It is version \(resources.changeWatched()) now.")
    }
}
