// SPDX-License-Identifier: Apache-2.0

/// Why a confined process could not be run.
public struct SandboxError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of a failure, open for more kinds.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The word that stands for the kind in logs.
        public let rawValue: String

        /// Makes a kind from its word.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The required protection can't be had here.
        public static let unavailable = Code(rawValue: "unavailable")
        /// The launcher is gone or does not answer; the next call starts it anew.
        public static let launcherLost = Code(rawValue: "launcher_lost")
        /// The executable does not contain the launcher, or the launcher did not greet in time.
        public static let launcherAbsent = Code(rawValue: "launcher_absent")
        /// One layer of one child could not be set up, so the program was not run.
        public static let setUpFailed = Code(rawValue: "set_up_failed")
        /// The program itself could not be started.
        public static let programFailed = Code(rawValue: "program_failed")
        /// The working directory does not exist or can't be entered.
        public static let workingDirectory = Code(rawValue: "working_directory")
        /// A file or folder that the sandbox needs is missing or unsuitable.
        public static let badConfiguration = Code(rawValue: "bad_configuration")
        /// The caller gave up before the program started.
        public static let cancelled = Code(rawValue: "cancelled")
        /// The operating system refused a descriptor, memory or a thread.
        public static let exhausted = Code(rawValue: "exhausted")
    }

    /// The kind of the failure.
    public let code: Code
    /// What failed and why, for the operator: it may name places on the host.
    public let message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The kind and the message.
    public var description: String {
        "\(code.rawValue): \(message)"
    }
}
