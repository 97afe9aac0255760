// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

extension PromptDescriptor {
    /// The name of the first required argument that was not given; nil if all were.
    ///
    /// An empty text is given: what may be empty is for the prompt to say.
    ///
    /// - Parameter arguments: What the client sent, by name.
    /// - Returns: The name of the argument whose absence is an error (`-32602`).
    public func missingArgument(in arguments: [String: String]) -> String? {
        self.arguments.first { $0.isRequired && arguments[$0.name] == nil }?.name
    }
}
