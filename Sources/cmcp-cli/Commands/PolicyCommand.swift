// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `policy`: questions to the policy.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Ask the policy.",
        subcommands: [PolicyCheckCommand.self]
    )
}
