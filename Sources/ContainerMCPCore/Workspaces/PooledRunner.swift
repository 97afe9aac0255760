// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// Runs programs in a workspace's own sandbox, which is there only while it is used.
struct PooledRunner: ProcessRunner {
    let pool: SandboxPool
    let name: SandboxPool.Name
    let report: EnforcementReport
    let workspacePath: String
    let dataPath: String
    let start: @Sendable () async throws(SandboxError) -> any StoppableRunner

    func run(_ request: ProcessRequest, as kind: UInt32) async throws(SandboxError) -> ProcessOutcome {
        try await pool.use(name, start: start) { sandbox async throws(SandboxError) in
            try await sandbox.run(request, as: kind)
        }
    }
}
