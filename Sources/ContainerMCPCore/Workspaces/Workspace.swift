// SPDX-License-Identifier: Apache-2.0

/// One workspace, with everything that works in it.
final class Workspace: Sendable {
    let key: WorkspaceKey
    let files: SandboxFileManager
    let bash: BashManager
    let python: PythonManager?
    /// Its files as resources.
    let resources: WorkspaceResources
    /// Told when nobody holds the workspace any more.
    private let release: @Sendable () -> Void

    init(
        key: WorkspaceKey,
        files: SandboxFileManager,
        bash: BashManager,
        python: PythonManager?,
        resources: WorkspaceResources,
        release: @escaping @Sendable () -> Void = {}
    ) {
        self.key = key
        self.files = files
        self.bash = bash
        self.python = python
        self.resources = resources
        self.release = release
    }

    deinit {
        resources.stop()
        release()
    }
}
