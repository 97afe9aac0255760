// SPDX-License-Identifier: Apache-2.0

extension ServerMetrics {
    /// How a call ended, as far as metrics tell outcomes apart.
    public enum CallOutcome: String, Sendable, CaseIterable {
        /// It ran and succeeded.
        case success
        /// It ran and failed: another exit status than 0, an exception, a signal.
        case failure
        /// It ran into its time limit.
        case timeout
        /// It was ended by a limit on memory, processes, files, the workspace or output.
        case limit
        /// A policy rule refused it, or nobody allowed it.
        case denied
        /// An argument was malformed.
        case invalidArgument = "invalid_argument"
        /// The tool, the file or the folder does not exist.
        case notFound = "not_found"
        /// The name was taken.
        case alreadyExists = "already_exists"
        /// A size or count was over its limit.
        case limitExceeded = "limit_exceeded"
        /// No place came free.
        case busy
        /// The sandbox was not there.
        case noSandbox = "no_sandbox"
        /// The client was asked something first; the call may come again with the answer.
        case inputRequired = "input_required"
        /// It ended with an error of the protocol.
        case protocolError = "protocol_error"
        /// The caller gave it up.
        case cancelled
        /// Something failed that the caller can't change.
        case `internal`
        /// Anything else, such as a kind of failure that an embedding program has added.
        case other

        /// Makes an outcome of the word that the audit log has for it.
        ///
        /// - Parameter word: Such as `success`, `limit_memory` or the word of a ``ToolError/Code``; anything
        ///   else is ``other``, so that there are never more outcomes than these.
        public init(word: String) {
            // Only runs that a limit ended have words that go on after this.
            let isLimit = word.hasPrefix("limit_") && word != Self.limitExceeded.rawValue
            self = isLimit ? .limit : Self(rawValue: word) ?? .other
        }
    }
}
