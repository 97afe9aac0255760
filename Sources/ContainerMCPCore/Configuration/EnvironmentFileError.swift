// SPDX-License-Identifier: Apache-2.0

/// Why an environment file was not read.
///
/// It names lines and keys, never a value: values may be secrets.
public struct EnvironmentFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One thing that is wrong.
    public struct Problem: Sendable, Equatable {
        /// The line, from 1; nil when the whole file is meant.
        public let line: Int?
        /// What is wrong and what to do.
        public let reason: String

        /// Makes a problem.
        public init(line: Int?, reason: String) {
            self.line = line
            self.reason = reason
        }
    }

    /// Where the file is, when known.
    public let path: String?
    /// Everything that is wrong, at most 100 lines of it.
    public let problems: [Problem]

    /// Makes an error.
    public init(path: String?, problems: [Problem]) {
        self.path = path
        self.problems = problems
    }

    init(path: String?, _ reason: String) {
        self.init(path: path, problems: [Problem(line: nil, reason: reason)])
    }

    /// One line for each problem.
    public var description: String {
        let name = path.map { "The environment file \(SettingText.shown($0))" } ?? "The environment file"
        return problems.map { problem in
            problem.line.map { "\(name), line \($0): \(problem.reason)" } ?? "\(name) \(problem.reason)."
        }.joined(separator: "\n")
    }
}
