// SPDX-License-Identifier: Apache-2.0

/// Which programs a permitted action may start; the sandbox view is built from it.
public enum ProgramAccess: Sendable, Hashable {
    /// None: the action runs no command line.
    case none
    /// These listed programs, with what rules of the policy file take away already taken away.
    case listed([ProgramTable.Program])
    /// Every program of the runtime view (`COMMAND_RESTRICTED=false`).
    case all
}
