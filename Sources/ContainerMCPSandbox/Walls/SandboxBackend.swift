// SPDX-License-Identifier: Apache-2.0

/// What builds the outer wall of the sandbox.
///
/// The launcher's own layers are the same behind each of them.
public enum SandboxBackend: String, Sendable, CaseIterable {
    /// The launcher alone.
    case native
    /// The launcher inside a wall of bubblewrap (bwrap(1)).
    case bubblewrap
    /// The launcher inside a wall of firejail (firejail(1)).
    case firejail

    /// The name of the helper's program; nil where there is none.
    var program: String? {
        switch self {
        case .native: nil
        case .bubblewrap: "bwrap"
        case .firejail: "firejail"
        }
    }
}
