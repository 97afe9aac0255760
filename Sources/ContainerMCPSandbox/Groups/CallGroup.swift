// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// The control group of one call at a time: its supervisor and all that this starts, which can't leave it.
///
/// On the reactor's thread.
final class CallGroup {
    /// What the supervisor itself takes, besides the call.
    private static let supervisorBytes = 4 << 20
    /// Memory that stays accounted to an empty group, for files that it read and wrote; with more it is not used again.
    private static let restBytes = 32 << 20

    let path: String
    /// The folder, for the launcher.
    let folder: Descriptor
    private let controllers: Set<String>
    private var memory: Int?
    private var processes: Int?
    private var killsBefore = 0
    private var wasKilled = false

    /// Makes it.
    init(path: String, controllers: Set<String>) throws(SandboxError) {
        guard unsafe mkdir(path, 0o755) == 0,
            let folder = Descriptor.open(path, CMCP_O_PATH | O_DIRECTORY | O_NOFOLLOW)
        else {
            throw .exhausted("a control group", errno)
        }
        self.path = path
        self.folder = folder
        self.controllers = controllers
        guard limitsMemory else { return }
        // Without swap there is no such file, and nothing to limit.
        GroupFile.write("0", to: path + "/memory.swap.max")
        GroupFile.write("1", to: path + "/memory.oom.group")
    }

    /// Whether the kernel bounds the memory of the call as a whole.
    var limitsMemory: Bool { controllers.contains("memory") }
    /// Whether the kernel bounds its processes.
    var limitsProcesses: Bool { controllers.contains("pids") }

    /// Sets the limits of the next call.
    ///
    /// - Parameters:
    ///   - memory: Bytes that it may have, of all kinds, pages of its /tmp and of files it wrote among them.
    ///   - processes: Processes and threads, without the supervisor.
    /// - Throws: ``SandboxError`` with code `setUpFailed`; then nothing may run in it.
    func limit(memory: Int, processes: Int) throws(SandboxError) {
        if limitsMemory, self.memory != memory {
            let bytes = memory.addingReportingOverflow(Self.supervisorBytes)
            try set("memory.max", bytes.overflow ? "max" : "\(bytes.partialValue)")
            self.memory = memory
        }
        if limitsProcesses, self.processes != processes {
            try set("pids.max", "\(processes + 1)")
            self.processes = processes
        }
        killsBefore = kills
    }

    private func set(_ name: String, _ value: String) throws(SandboxError) {
        let error = GroupFile.write(value, to: "\(path)/\(name)")
        guard error == 0 else {
            let text = SandboxError.errorText(error)
            throw SandboxError(.setUpFailed, "could not set \(name) of a call: \(text)")
        }
    }

    private var kills: Int { GroupFile.number("oom_kill", in: path + "/memory.events") ?? 0 }

    /// Whether the kernel ended the call for its memory since ``limit(memory:processes:)``.
    var isOutOfMemory: Bool { limitsMemory && kills > killsBefore }

    /// Whether memory of a process in it is accounted.
    var isAccounting: Bool { limitsMemory && (heldBytes ?? 0) > 0 }

    private var heldBytes: Int? { GroupFile.read(path + "/memory.current").flatMap { Int($0) } }

    /// Ends every process in it at once (Linux 5.14; before, the supervisor's end has to do).
    ///
    /// It can't be used again after that: kernels since 6.14, and older ones with the same mend, take a process that is
    /// started in such a group for one that escaped the kill.
    func kill() {
        wasKilled = true
        GroupFile.write("1", to: path + "/cgroup.kill")
    }

    /// Whether no process is left in it.
    var isEmpty: Bool { GroupFile.number("populated", in: path + "/cgroup.events") == 0 }

    /// Whether it is as good as a new one once it is empty.
    var isReusable: Bool {
        guard !wasKilled else { return false }
        guard limitsMemory else { return true }
        return (heldBytes ?? .max) <= Self.restBytes
    }

    /// Removes it.
    ///
    /// - Returns: Whether it is gone.
    @discardableResult
    func remove() -> Bool {
        unsafe rmdir(path) == 0 || errno == ENOENT
    }
}
