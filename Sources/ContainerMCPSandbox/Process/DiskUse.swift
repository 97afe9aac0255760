// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// One look at what running calls take on the disk.
///
/// Blocks.
struct DiskUse: Sendable {
    /// A call that runs, with what is asked about it.
    struct Taker: Sendable {
        let run: ConfinedRun
        private let kind: UInt32
        private let process: Int32?
        private let folder: String?
        private let largestFile: Int
        private let hasOwnRoot: Bool
        private let owner: ChildIdentity

        /// On the reactor's thread.
        init(run: ConfinedRun) {
            self.run = run
            kind = run.kind
            process = run.rootProcess()
            folder = run.privateFolder
            largestFile = run.largestFile
            hasOwnRoot = run.hasOwnRoot
            owner = run.childOwner
        }

        /// Where its files lie on the device of the workspace, as it sees them.
        private func writablePlaces(_ configuration: SandboxConfiguration) -> [String] {
            guard !hasOwnRoot else { return ["/workspace"] }
            return [configuration.workspace, folder].compactMap { $0.flatMap(HostPath.walk)?.real }
        }

        /// Whether it holds too much that is in no count of the workspace.
        func isGreedy(_ configuration: SandboxConfiguration, device: UInt64?) -> Bool {
            if let process, let device {
                let unnamed = UnnamedFiles(
                    root: process,
                    device: device,
                    largest: largestFile,
                    places: writablePlaces(configuration)
                )
                let bytes = ChildSight.with(owner) { unnamed.bytes() }
                if bytes > configuration.unnamedBytes { return true }
            }
            // Where a call has no mount of its own for it, nothing but this look bounds its temporary folder.
            guard let folder, let kind = configuration.kinds[kind] else { return false }
            // A folder that is gone went with its call.
            guard let root = try? RootDirectory(path: folder) else { return false }
            let bytes = Int64(clamping: kind.temporaryBytes)
            let deadline = ContinuousClock.now.advanced(by: .seconds(5))
            let usage = try? root.usage(
                stopAtBytes: bytes,
                stopAtNames: kind.temporaryNames,
                deadline: deadline
            )
            return usage.map { !$0.fits(bytes: bytes, names: kind.temporaryNames) } ?? true
        }
    }

    /// Whether the workspace is over its quota, which ends every call.
    var isWorkspaceFull: Bool
    /// Calls that take too much by themselves.
    var greedy: [ConfinedRun] = []

    init(isWorkspaceFull: Bool) {
        self.isWorkspaceFull = isWorkspaceFull
    }

    /// Looks.
    init(of takers: [Taker], _ configuration: SandboxConfiguration) {
        isWorkspaceFull = configuration.isWorkspaceFull?() ?? false
        let device = HostPath.walk(configuration.workspace)?.device
        greedy = takers.filter { $0.isGreedy(configuration, device: device) }.map(\.run)
    }
}
