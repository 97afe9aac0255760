// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// The result of a call that happened.
public struct ToolOutput: Sendable {
    /// What the audit log says about a run.
    public struct RunFacts: Sendable, Equatable {
        /// The exit status of the program.
        public var exitCode: Int?
        /// The name of the signal that ended it.
        public var signal: String?
        /// The word for how it ended.
        public var outcome: String?
        /// Bytes of standard output.
        public var outputBytes: Int?
        /// Bytes of standard error.
        public var errorBytes: Int?
        /// Bytes that the reply does not hold.
        public var droppedBytes: Int?

        /// Makes facts; what is left out is not logged.
        public init(
            exitCode: Int? = nil,
            signal: String? = nil,
            outcome: String? = nil,
            outputBytes: Int? = nil,
            errorBytes: Int? = nil,
            droppedBytes: Int? = nil
        ) {
            self.exitCode = exitCode
            self.signal = signal
            self.outcome = outcome
            self.outputBytes = outputBytes
            self.errorBytes = errorBytes
            self.droppedBytes = droppedBytes
        }
    }

    /// The result as data, conforming to the tool's output schema; nil for a result that is content only.
    public var structured: JSONObject?
    /// What the text block says when the data is too large to be sent twice.
    public var account: String
    /// Content after the text block of the data; all of the content where there is no data.
    public var more: [ContentBlock]
    /// Whether the result is marked as an error that the tool itself words; a ``ToolError`` is the usual way.
    public var isError = false
    /// Facts for the audit log.
    public var facts: RunFacts

    /// Makes an output.
    public init(
        _ structured: JSONObject?,
        account: String = "The result is in the structured content.",
        more: [ContentBlock] = [],
        facts: RunFacts = RunFacts()
    ) {
        self.structured = structured
        self.account = account
        self.more = more
        self.facts = facts
    }

    /// Makes an output of content only.
    ///
    /// - Parameter content: What the model reads.
    /// - Returns: The output.
    public static func content(_ content: [ContentBlock]) -> ToolOutput {
        ToolOutput(nil, more: content)
    }
}
