// SPDX-License-Identifier: Apache-2.0

/// Why a server does not start, for the operator.
public struct ServerStartFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of failure; they have different exit statuses.
    public enum Code: Sendable, Equatable {
        /// No sandbox can be had, or not the level that was asked for.
        case noSandbox
        /// Anything else: a folder, the audit log, the policy file.
        case failed
    }

    /// The kind.
    public let code: Code
    /// What failed, why, and what to do.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message, with advice where there is no sandbox.
    public var description: String {
        switch code {
        case .failed: message
        case .noSandbox:
            """
            No sandbox that keeps its promises can be had here, so the server does not start. \(message)
            'cmcp-cli doctor' shows each layer and what would improve it.
            """
        }
    }
}
