// SPDX-License-Identifier: Apache-2.0

/// The control groups that the server finds (cgroups(7)).
public struct ControlGroups: Sendable, Equatable {
    /// Which hierarchy controls memory and processes here.
    public enum Version: String, Sendable, Equatable {
        /// The unified hierarchy, the only one that is used.
        case unified = "version 2"
        /// The old hierarchies beside a unified one without controllers of its own.
        case hybrid = "version 1 (beside an empty version 2)"
        /// The old hierarchies.
        case legacy = "version 1"
        /// None are mounted.
        case missing = "not mounted"
    }

    /// The hierarchy.
    public var version: Version
    /// The server's own group in the unified hierarchy; empty where that can't be told.
    public var path: String
    /// The controllers that the group has: `cpu`, `memory`, `pids` and others.
    public var controllers: [String]
    /// Whether the server may make groups in its own one.
    public var isWritable: Bool

    /// Makes facts about control groups; by default there are none.
    public init(
        version: Version = .missing,
        path: String = "",
        controllers: [String] = [],
        isWritable: Bool = false
    ) {
        self.version = version
        self.path = path
        self.controllers = controllers
        self.isWritable = isWritable
    }

    /// Whether calls could get groups with limits of their own.
    var isDelegated: Bool {
        version == .unified && isWritable && controllers.contains("memory") && controllers.contains("pids")
    }

    /// The group in the unified hierarchy, from `/proc/self/cgroup`; nil where there is no such line.
    static func path(inMembership text: String) -> String? {
        let line = text.split(whereSeparator: \.isNewline).prefix(64).first { $0.hasPrefix("0::/") }
        return line.map { String($0.dropFirst(3)) }
    }

    /// The systemd service of a group: `x.service` in `/system.slice/x.service`; nil for sessions and scopes.
    static func service(ofPath path: String) -> String? {
        let units = path.split(separator: "/").filter { $0.hasSuffix(".service") }
        // Everything of a user lies below the manager of the user's services, which is nobody's service.
        guard let unit = units.last, !unit.hasPrefix("user@"), unit.utf8.count <= 256 else { return nil }
        return String(unit)
    }
}
