// SPDX-License-Identifier: Apache-2.0

/// Everything that is wrong with the settings, all at once.
///
/// The server does not start with any of it.
public struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Everything that is wrong with the settings, all at once.
    ///
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// The keys or flags that are meant; two or more where they contradict each other.
        public let keys: [String]
        /// What is wrong and what to do; secrets are masked.
        public let message: String

        /// Makes a problem.
        public init(keys: [String], message: String) {
            self.keys = keys
            self.message = message
        }

        /// The message, which names the keys.
        public var description: String { message }
    }

    /// The problems, in the order of the documentation.
    public let problems: [Problem]

    /// Makes an error.
    public init(problems: [Problem]) {
        self.problems = problems
    }

    /// One line for each problem.
    public var description: String {
        problems.map(\.message).joined(separator: "\n")
    }
}
