// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// What holds for every run of a manager, whatever its caller asks for.
public struct StandingLimits: Sendable, Equatable {
    /// Bytes of memory, for each process and for all of a run.
    public var memory: Int
    /// Processes and threads of a run.
    public var processes: Int
    /// Descriptors of one process.
    public var openFiles: Int
    /// Bytes of output at which a run is ended.
    public var totalOutput: Int

    /// Makes limits; the defaults are those of the documentation.
    public init(memory: Int, processes: Int = 64, openFiles: Int = 256, totalOutput: Int = 256 << 20) {
        self.memory = memory
        self.processes = processes
        self.openFiles = openFiles
        self.totalOutput = totalOutput
    }

    /// The limits of commands: 512 MiB.
    public static let commands = StandingLimits(memory: 512 << 20)
    /// The limits of Python: 256 MiB.
    public static let python = StandingLimits(memory: 256 << 20)

    init(_ settings: Settings, memory: Int) {
        self.init(
            memory: memory,
            processes: settings.sandbox.maximumProcesses,
            openFiles: settings.sandbox.maximumDescriptors,
            totalOutput: settings.limits.outputKillBytes
        )
    }

    /// Together with what one call asks for.
    func limits(of run: RunLimits) -> ProcessRequest.Limits {
        ProcessRequest.Limits(
            time: run.timeout,
            memory: memory,
            processes: processes,
            openFiles: openFiles,
            keptOutput: run.maxOutput,
            totalOutput: totalOutput
        )
    }
}
