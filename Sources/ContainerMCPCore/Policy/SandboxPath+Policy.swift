// SPDX-License-Identifier: Apache-2.0

extension SandboxPath {
    /// The path as policy files and explanations write it: `/notes/a.txt` in the workspace, `/data/x.csv` beside it.
    var policyText: String {
        switch root {
        case .workspace: "/" + components.joined(separator: "/")
        case .data: "/" + (["data"] + components).joined(separator: "/")
        }
    }

    /// The absolute path at which a child sees it.
    var childPath: [String] {
        switch root {
        case .workspace: ["workspace"] + components
        case .data: ["data"] + components
        }
    }
}
