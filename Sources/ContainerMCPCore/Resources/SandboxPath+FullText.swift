// SPDX-License-Identifier: Apache-2.0

extension SandboxPath {
    /// The path with the name of its tree in front: it parses to the same place, whatever the first folder is called.
    var fullText: String {
        "/" + childPath.joined(separator: "/")
    }
}
