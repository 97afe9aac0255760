// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// What every child is told about its surroundings: a fixed list, never a copy of the server's.
enum ChildEnvironment {
    static let searchPath = "/usr/local/bin:/usr/bin:/bin"

    static func variables(_ runner: any ProcessRunner) -> [String] {
        [
            "PATH=\(searchPath)", "HOME=\(runner.workspacePath)", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC",
            "TMPDIR=/tmp", "USER=sandbox", "LOGNAME=sandbox",
        ]
    }

    /// A path of the tools as the child sees it.
    static func path(of path: SandboxPath, in runner: any ProcessRunner) -> String {
        let root = path.root == .workspace ? runner.workspacePath : runner.dataPath
        // The first component of a path of the data folder is the folder itself.
        return ([root] + path.components).joined(separator: "/")
    }
}
