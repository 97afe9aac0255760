// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// The sandboxes of workspaces that are not shared.
///
/// Each has a launcher of its own, so that no process ever holds the folders of two workspaces. It is started when it
/// is first needed; where there are too many, the one that was idle longest ends.
actor SandboxPool {
    /// Which sandbox one is.
    struct Name: Hashable, Sendable {
        let workspace: WorkspaceKey
        /// The programs of a view with fewer than the settings list; nil for the usual views.
        var programs: [String]?
    }

    private typealias Start = Task<Result<any StoppableRunner, SandboxError>, Never>

    private struct Place {
        let start: Start
        var users = 0
        var lastUse: UInt64 = 0
    }

    private let limit: Int
    private let report: EnforcementReport
    private var places: [Name: Place] = [:]
    private var clock: UInt64 = 0
    private var isOver = false

    /// Makes a pool.
    ///
    /// - Parameters:
    ///   - limit: The most sandboxes at once; no fewer than calls can run at once.
    ///   - report: The protection that each must have.
    init(limit: Int, report: EnforcementReport) {
        self.limit = limit
        self.report = report
    }

    /// Works with a sandbox, which is started if need be.
    ///
    /// - Parameters:
    ///   - name: Which one.
    ///   - start: Starts it.
    ///   - work: What to do with it; it stays while this goes on.
    /// - Returns: What `work` returned.
    /// - Throws: ``SandboxError`` of `start` or `work`, or because too many are in use.
    func use<Value: Sendable>(
        _ name: Name,
        start: @escaping @Sendable () async throws(SandboxError) -> any StoppableRunner,
        work: @Sendable (any StoppableRunner) async throws(SandboxError) -> Value
    ) async throws(SandboxError) -> Value {
        guard !isOver else { throw SandboxError(.launcherLost, "the server stops") }
        if places[name] == nil {
            let idle = try makeRoom()
            let report = report
            places[name] = Place(
                start: Start {
                    // The one that makes room is gone first, so that the bound holds.
                    if case .success(let sandbox)? = await idle?.value { await sandbox.stop() }
                    return await Self.started(start, report)
                }
            )
        }
        clock += 1
        places[name]?.users += 1
        places[name]?.lastUse = clock
        guard let place = places[name] else { throw SandboxError(.launcherLost, "the server stops") }
        let sandbox: any StoppableRunner
        switch await place.start.value {
        case .success(let started): sandbox = started
        case .failure(let error):
            // The next call tries again.
            if places[name]?.start == place.start { places[name] = nil }
            throw error
        }
        defer { places[name]?.users -= 1 }
        return try await work(sandbox)
    }

    private static func started(
        _ start: @Sendable () async throws(SandboxError) -> any StoppableRunner,
        _ report: EnforcementReport
    ) async -> Result<any StoppableRunner, SandboxError> {
        do throws(SandboxError) {
            let sandbox = try await start()
            guard sandbox.report.isAsStrong(as: report) else {
                await sandbox.stop()
                throw SandboxError(
                    .unavailable,
                    "the sandbox of a workspace has other protection than the server reported"
                )
            }
            return .success(sandbox)
        } catch {
            return .failure(error)
        }
    }

    /// Takes the sandbox that was idle longest out, where there is no room for another one.
    private func makeRoom() throws(SandboxError) -> Start? {
        guard places.count >= limit else { return nil }
        let idle = places.filter { $0.value.users == 0 }.min { $0.value.lastUse < $1.value.lastUse }
        guard let idle else {
            throw SandboxError(.exhausted, "all \(limit) sandboxes are in use")
        }
        places[idle.key] = nil
        return idle.value.start
    }

    /// Ends the sandboxes of a workspace in which nobody works.
    func end(_ workspace: WorkspaceKey) async {
        let over = places.filter { $0.key.workspace == workspace && $0.value.users == 0 }
        for name in over.keys { places[name] = nil }
        for place in over.values {
            if case .success(let sandbox) = await place.start.value { await sandbox.stop() }
        }
    }

    /// Ends every sandbox; none is started afterwards.
    func stop() async {
        isOver = true
        let all = places
        places = [:]
        for place in all.values {
            if case .success(let sandbox) = await place.start.value { await sandbox.stop() }
        }
    }

    /// How many there are.
    var count: Int { places.count }
}

extension EnforcementReport {
    /// Whether every layer is in force as far as in another report.
    fileprivate func isAsStrong(as other: EnforcementReport) -> Bool {
        level == other.level && statuses.mapValues(\.word) == other.statuses.mapValues(\.word)
    }
}
