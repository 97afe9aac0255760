// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// The control group of version 2 under which groups for calls may be made: one that was handed to this server.
struct GroupPlace: Sendable, Equatable {
    /// Why there is none, in words.
    struct Absence: Error, Equatable {
        let reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }

    /// The name of the group in which the server itself stays, below the one it was given: a group that hands its
    /// controllers on can't hold processes.
    static let serverName = "cmcp-server"
    /// How the names of groups begin that hold those of a server's calls.
    static let callsPrefix = "cmcp-calls-"

    /// Its folder.
    let path: String
    /// Whether it is the top of the whole tree, which may hold processes besides.
    let isTop: Bool

    /// Finds it.
    ///
    /// - Parameter needsLimits: Whether groups are of no use that limit neither memory nor processes.
    /// - Returns: The place.
    /// - Throws: ``Absence`` that says why there is none.
    static func find(needsLimits: Bool = true) throws(Absence) -> GroupPlace {
        let mounts = GroupFile.read("/proc/self/mountinfo", limit: 1 << 20) ?? ""
        let membership = GroupFile.read("/proc/self/cgroup") ?? ""
        let found = try locate(mounts: mounts, membership: membership)
        // A server that moved aside before, or whose parent did, finds its place one up.
        let path =
            found.path.hasSuffix("/" + serverName)
            ? String(found.path.dropLast(serverName.utf8.count + 1)) : found.path
        let isTop = !GroupFile.exists(path + "/cgroup.type")
        guard unsafe access(path + "/cgroup.subtree_control", W_OK) == 0, unsafe access(path, W_OK) == 0
        else {
            throw Absence("the control group of the server can't be written: it was not delegated")
        }
        // First what is missing, then whose it is: where version 1 has the controllers, delegation would not help.
        let controllers = GroupFile.words(path + "/cgroup.controllers")
        guard !needsLimits || controllers.contains("memory") || controllers.contains("pids") else {
            throw Absence(
                "neither the memory nor the pids controller of version 2 is delegated to the server"
            )
        }
        try checkOwnership(of: path, above: found.mount)
        return GroupPlace(path: path, isTop: isTop)
    }

    /// The folder of the group that a process is in, and the mount that shows it.
    ///
    /// - Parameters:
    ///   - mounts: /proc/self/mountinfo (proc(5)).
    ///   - membership: /proc/self/cgroup.
    /// - Returns: Both folders.
    /// - Throws: ``Absence`` where there is none.
    static func locate(mounts: String, membership: String) throws(Absence) -> (path: String, mount: String) {
        guard
            let line = membership.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }),
            !line.contains("/..")
        else {
            throw Absence("the server is in no control group of version 2 that is visible here")
        }
        let group = line.dropFirst(3)
        var isReadOnly = false
        for mount in mounts.split(separator: "\n") {
            let fields = mount.split(separator: " ")
            guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count,
                fields[dash + 1] == "cgroup2"
            else { continue }
            let (root, point) = (fields[3], unescaped(fields[4]))
            let prefix = root == "/" ? "" : root
            guard group == prefix || group.hasPrefix(prefix + "/") else { continue }
            guard !fields[5].split(separator: ",").contains("ro") else {
                isReadOnly = true
                continue
            }
            let below = group.dropFirst(prefix.count)
            return (point + (below == "/" ? "" : below), point)
        }
        throw Absence(
            isReadOnly
                ? "the control groups are mounted read-only here"
                : "no tree of control groups of version 2 is mounted here"
        )
    }

    /// A path of mountinfo, where blanks and the like are octal numbers.
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Makes sure that nobody else manages the group.
    private static func checkOwnership(of path: String, above mount: String) throws(Absence) {
        if unsafe cmcp_is_delegated(path) != 0 { return }
        let names = HostPath.names(in: path).filter { GroupFile.exists("\(path)/\($0)/cgroup.procs") }
        let manager = [".slice", ".scope", ".service", ".socket", ".mount", ".swap"]
        let name = String(path.split(separator: "/").last ?? "")
        let isManaged =
            (path != mount && manager.contains { name.hasSuffix($0) }) || names.contains("init.scope")
            || names.contains { $0.hasSuffix(".slice") }
        if geteuid() != 0 {
            // An ordinary user owns what was given to it, and not what is above.
            let parent = String(path.dropLast(name.utf8.count + 1))
            let isGiven = owner(of: path) == geteuid() && (path == mount || owner(of: parent) != geteuid())
            guard isGiven || (owner(of: path) == geteuid() && !isManaged) else {
                throw Absence("the control group '\(name)' was not delegated to the server")
            }
            return
        }
        guard !isManaged else {
            throw Absence(
                "the control group '\(name)' belongs to the service manager: set Delegate=yes in the unit"
            )
        }
        let controllers = GroupFile.words(path + "/cgroup.subtree_control")
        let hasOthers = names.contains { $0 != serverName && !$0.hasPrefix(callsPrefix) }
        guard !hasOthers || controllers.contains("memory") else {
            throw Absence("somebody else keeps groups in the control group of the server")
        }
    }

    private static func owner(of path: String) -> UInt32? {
        var info = stat()
        return unsafe stat(path, &info) == 0 ? info.st_uid : nil
    }
}
