// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// The groups of one launcher's calls: a folder of control groups that is made at its start and removed at its end.
///
/// The folder is locked as long as its server lives, so that the next one knows what is left over.
final class GroupTree: Sendable {
    /// The controllers that are used where they are there.
    static let wanted = ["memory", "pids", "cpu"]

    /// Its folder.
    let path: String
    /// Those of ``wanted`` that are in force in the groups.
    let controllers: Set<String>
    private let lock: Descriptor

    private init(path: String, controllers: Set<String>, lock: Descriptor) {
        self.path = path
        self.controllers = controllers
        self.lock = lock
    }

    /// Makes one in the group that was delegated to the server.
    ///
    /// Blocks for some milliseconds.
    ///
    /// - Parameter needsLimits: Whether groups are of no use that limit neither memory nor processes.
    /// - Returns: It, locked.
    /// - Throws: ``GroupPlace/Absence`` that says why there are none.
    static func make(needsLimits: Bool = true) throws(GroupPlace.Absence) -> GroupTree {
        let place = try GroupPlace.find(needsLimits: needsLimits)
        let available = Set(GroupFile.words(place.path + "/cgroup.controllers")).intersection(wanted)
        removeLeftovers(in: place.path)
        if !place.isTop { try moveAside(in: place) }
        for name in wanted where available.contains(name) {
            enable(name, in: place.path)
        }
        // Whatever calls burn, the server has its share to answer with.
        if !place.isTop {
            GroupFile.write("1000", to: "\(place.path)/\(GroupPlace.serverName)/cpu.weight")
        }
        for _ in 0..<8 {
            let number = UInt64.random(in: 0 ... .max)
            let path = "\(place.path)/\(GroupPlace.callsPrefix)\(String(number, radix: 36))"
            guard unsafe mkdir(path, 0o755) == 0 else {
                throw GroupPlace.Absence(
                    "a control group can't be made: \(SandboxError.errorText(errno))"
                )
            }
            // Another server that starts may take it for a leftover until it is locked.
            guard let lock = Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
                cmcp_lock_folder(lock.number) == 0
            else { continue }
            for name in wanted where available.contains(name) { enable(name, in: path) }
            let enabled = Set(GroupFile.words(path + "/cgroup.subtree_control")).intersection(wanted)
            guard GroupFile.exists(path) else { continue }
            guard !needsLimits || enabled.contains("memory") || enabled.contains("pids") else {
                unsafe rmdir(path)
                throw GroupPlace.Absence("the kernel does not hand its controllers on to the server's groups")
            }
            return GroupTree(path: path, controllers: enabled, lock: lock)
        }
        throw GroupPlace.Absence("a control group of the server was removed by somebody else")
    }

    private static func enable(_ controller: String, in path: String) {
        let file = path + "/cgroup.subtree_control"
        guard !GroupFile.words(file).contains(controller) else { return }
        // Where it does not work the groups lack it, and that is seen.
        GroupFile.write("+" + controller, to: file)
    }

    /// Moves the server, and what was started for it, into a group below its own.
    ///
    /// Its launcher is started later, and so in the same one.
    private static func moveAside(in place: GroupPlace) throws(GroupPlace.Absence) {
        let aside = place.path + "/" + GroupPlace.serverName
        for round in 0..<16 {
            let processes = GroupFile.words(place.path + "/cgroup.procs").map { Int32($0) ?? 0 }
            if processes.isEmpty { return }
            if round == 0 {
                let own = Set([getpid()] + ancestors() + TreeMemory.descendants(of: getpid()))
                guard processes.allSatisfy(own.contains) else {
                    throw GroupPlace.Absence("other processes are in the control group of the server")
                }
                unsafe mkdir(aside, 0o755)
            }
            for process in processes {
                let error = GroupFile.write("\(process)", to: aside + "/cgroup.procs")
                guard error == 0 || error == ESRCH else {
                    throw GroupPlace.Absence(
                        "the server can't move into a group of its own: \(SandboxError.errorText(error))"
                    )
                }
            }
        }
        throw GroupPlace.Absence("processes keep coming into the control group of the server")
    }

    private static func ancestors() -> [Int32] {
        var found: [Int32] = []
        var current = getppid()
        while current > 0, found.count < 64 {
            found.append(current)
            guard let line = GroupFile.read("/proc/\(current)/stat"), let end = line.lastIndex(of: ")") else {
                break
            }
            let fields = line[line.index(after: end)...].split(separator: " ")
            guard fields.count > 1, let parent = Int32(fields[1]) else { break }
            current = parent
        }
        return found
    }

    /// Ends and removes the groups of servers that are gone.
    private static func removeLeftovers(in path: String) {
        for name in HostPath.names(in: path) where name.hasPrefix(GroupPlace.callsPrefix) {
            let folder = "\(path)/\(name)"
            guard let lock = Descriptor.open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
                cmcp_lock_folder(lock.number) == 0
            else { continue }
            remove(folder)
        }
    }

    /// Ends every process of the calls, and removes their groups.
    ///
    /// Blocks for as long as that takes, half a second at most; what is left then is for the next start.
    func remove() {
        Self.remove(path)
    }

    private static func remove(_ path: String) {
        for _ in 0..<500 {
            GroupFile.write("1", to: path + "/cgroup.kill")
            for name in HostPath.names(in: path) { unsafe rmdir("\(path)/\(name)") }
            if unsafe rmdir(path) == 0 || errno == ENOENT { return }
            usleep(1000)
        }
    }
}
