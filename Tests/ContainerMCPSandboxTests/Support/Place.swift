// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

/// A backend at a level: what tests of the sandbox are run in.
struct Place: Sendable, CustomTestStringConvertible {
    let backend: SandboxBackend
    let level: SandboxLevel

    var testDescription: String { "\(backend.rawValue)/\(level.rawValue)" }

    /// All that there are; behind a wall each call has namespaces of its own.
    static let all = SandboxBackend.allCases.flatMap { backend in
        [SandboxLevel.full, .noproc, .filtered].map { Place(backend: backend, level: $0) }
    }.filter { $0.backend == .native || $0.level.hasOwnRoot }

    /// The strongest place of each backend.
    static let strongest = all.filter { $0.level == .full }

    /// The places that attacks are tried in: each level of the launcher alone, and the strongest of each wall.
    ///
    /// With `CMCP_ALL_PLACES` in the environment, all of them.
    static let attacked =
        unsafe getenv("CMCP_ALL_PLACES") != nil
        ? all
        : all.filter { $0.backend == .native } + strongest.filter { $0.backend != .native }.map(\.nearest)

    /// Why the place can't be had here, told without any code of ours: the helper itself was asked for the like.
    private var absence: String? {
        switch backend {
        case .native:
            return nil
        case .bubblewrap:
            guard let helper = Self.program("bwrap") else { return "bubblewrap is not installed" }
            let proc = level == .noproc ? [] : ["--unshare-pid", "--proc", "/proc"]
            let user = geteuid() == 0 ? [] : ["--unshare-user"]
            let words = ["bwrap", "--ro-bind", "/", "/", "--unshare-net"] + user + proc + ["/bin/true"]
            return Self.works(helper, words) ? nil : "bubblewrap can't build such a wall here"
        case .firejail:
            guard let helper = Self.program("firejail") else { return "firejail is not installed" }
            if unsafe getpwuid(geteuid()) == nil { return "firejail serves users with an account only" }
            if level == .full, geteuid() != 0 {
                return "behind firejail an ordinary user can't mount /proc: it mounts over parts of it"
            }
            // Where it does nothing, its program is in the same network namespace.
            var link = [CChar](repeating: 0, count: 64)
            let length = unsafe readlink("/proc/self/ns/net", &link, link.count)
            let own = String(
                decoding: link.prefix(max(0, length)).map { UInt8(bitPattern: $0) },
                as: UTF8.self
            )
            let script = "[ \"$(readlink /proc/self/ns/net)\" != '\(own)' ]"
            let words = ["firejail", "--noprofile", "--quiet", "--net=none", "--", "/bin/sh", "-c", script]
            return Self.works(helper, words) ? nil : "firejail does nothing or does not work here"
        }
    }

    /// This one, or at an ordinary user's firejail the one below.
    var nearest: Place {
        backend == .firejail && level == .full && geteuid() != 0
            ? Place(backend: backend, level: .noproc) : self
    }

    private static let absences = all.map { ($0.testDescription, $0.absence) }

    /// Cancels the test with the reason where the place can't be had.
    func require() throws {
        if let reason = Self.absences.first(where: { $0.0 == testDescription })?.1 {
            try Test.cancel("\(reason)")
        }
    }

    private static func program(_ name: String) -> String? {
        ["/usr/local/bin/", "/usr/bin/", "/bin/"].map { $0 + name }.first { unsafe access($0, X_OK) == 0 }
    }

    private static func works(_ program: String, _ words: [String]) -> Bool {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for number: Int32 in 0...2 {
            unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe arguments.append(nil)
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe [strdup("PATH=/usr/bin:/bin"), nil]
        defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
        var process: pid_t = 0
        guard unsafe posix_spawn(&process, program, &actions, nil, &arguments, &environment) == 0 else {
            return false
        }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status == 0
    }
}
