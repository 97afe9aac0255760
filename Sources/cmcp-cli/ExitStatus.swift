// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore

/// The exit statuses of the command line.
enum ExitStatus: Int32 {
    case success = 0
    /// The tool ran and said that it had no success.
    case unsuccessful = 1
    case usage = 2
    case denied = 3
    case noSandbox = 4
    case internalFailure = 5
    case interrupted = 130

    /// The status for a call that did not happen.
    init(refusal code: ToolError.Code) {
        switch code {
        case .denied: self = .denied
        case .invalidArgument: self = .usage
        case .noSandbox: self = .noSandbox
        case .cancelled: self = .interrupted
        case .internalFailure: self = .internalFailure
        default: self = .unsuccessful
        }
    }
}
