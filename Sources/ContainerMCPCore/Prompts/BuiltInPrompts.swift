// SPDX-License-Identifier: Apache-2.0

/// The prompts that come with the tools that a server offers.
public struct BuiltInPrompts: Sendable {
    /// The prompts, in the order of the list; none that needs a tool which is not offered.
    public let all: [any Prompt]

    /// Picks the prompts that work on a server.
    ///
    /// - Parameter facts: What the server offers.
    public init(_ facts: PromptFacts) {
        var all: [any Prompt] = []
        let hasFiles = facts.files != nil
        if facts.offersCommands { all.append(RunAndExplainPrompt(facts: facts)) }
        if facts.hasPython { all.append(WritePythonPrompt(facts: facts)) }
        if hasFiles, facts.offersRuns {
            all.append(AnalyseDataPrompt(facts: facts))
            all.append(FixScriptPrompt(facts: facts))
        }
        if hasFiles {
            all.append(SearchWorkspacePrompt(facts: facts))
            all.append(SummariseFolderPrompt(facts: facts))
            all.append(ConvertFilePrompt(facts: facts))
        }
        self.all = all
    }
}
