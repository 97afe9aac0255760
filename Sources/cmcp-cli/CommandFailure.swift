// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore

/// Why a command ends early, with its exit status; an empty message says that everything was told already.
struct CommandFailure: Error {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String = "") {
        self.status = status
        self.message = message
    }

    init(_ failure: ServerStartFailure) {
        self.init(failure.code == .noSandbox ? .noSandbox : .internalFailure, failure.description)
    }
}
