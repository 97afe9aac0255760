// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// Stands where tools are described and never called: it runs nothing.
struct RefusingRunner: ProcessRunner {
    let report = EnforcementReport(level: .none, statuses: [:])
    let workspacePath = "/workspace"
    let dataPath = "/data"

    func run(_ request: ProcessRequest, as kind: UInt32) async throws(SandboxError) -> ProcessOutcome {
        throw SandboxError(.unavailable, "there is no sandbox here")
    }
}
