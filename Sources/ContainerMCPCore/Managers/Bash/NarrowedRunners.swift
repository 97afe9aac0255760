// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// Sandboxes for callers that may use fewer programs than the settings list, made when first needed.
actor NarrowedRunners {
    /// More different lists than this at once are refused: each is a launcher of its own.
    private static let limit = 8

    private let make: @Sendable ([String]) async throws(SandboxError) -> any ProcessRunner
    private var runners: [[String]: Task<Result<any ProcessRunner, SandboxError>, Never>] = [:]

    init(make: @escaping @Sendable ([String]) async throws(SandboxError) -> any ProcessRunner) {
        self.make = make
    }

    func runner(for programs: [String]) async throws(SandboxError) -> any ProcessRunner {
        let key = programs.sorted()
        if let existing = runners[key] { return try await existing.value.get() }
        guard runners.count < Self.limit else {
            throw SandboxError(.exhausted, "more than \(Self.limit) different lists of programs are in use")
        }
        let task = Task { [make] in
            do throws(SandboxError) {
                return Result<any ProcessRunner, SandboxError>.success(try await make(key))
            } catch {
                return .failure(error)
            }
        }
        runners[key] = task
        let result = await task.value
        if case .failure = result { runners[key] = nil }
        return try result.get()
    }
}
