// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// The answer to one question of a job, checked against the question.
public struct JobAnswer: Sendable, Equatable {
    /// The answer as it came.
    public let raw: JSONValue
    /// What it says.
    public let value: InputAnswer

    /// Makes an answer.
    public init(raw: JSONValue, value: InputAnswer) {
        self.raw = raw
        self.value = value
    }
}
