// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Facts about the machine that decide which advice helps.
struct Machine {
    /// What the program runs in.
    enum Container {
        case docker
        case podman
        case none
    }

    let container: Container
    /// Whether the server's children can have a user id of their own.
    let isRoot: Bool
    /// `kernel.unprivileged_userns_clone` of Debian's older kernels.
    let allowsUserNamespaces: Bool
    /// `user.max_user_namespaces` is not 0.
    let hasUserNamespaces: Bool
    /// `kernel.apparmor_restrict_unprivileged_userns` of Ubuntu 24.04.
    let restrictsUserNamespacesByAppArmor: Bool
    /// Whether Landlock is among the active security modules; nil where that can't be seen.
    let hasLandlock: Bool?

    init() {
        container =
            Self.exists("/run/.containerenv") ? .podman : Self.exists("/.dockerenv") ? .docker : .none
        isRoot = geteuid() == 0
        allowsUserNamespaces = Self.line("/proc/sys/kernel/unprivileged_userns_clone") != "0"
        hasUserNamespaces = Self.line("/proc/sys/user/max_user_namespaces") != "0"
        restrictsUserNamespacesByAppArmor =
            Self.line("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1"
        hasLandlock = Self.line("/sys/kernel/security/lsm").map {
            $0.split(separator: ",").contains("landlock")
        }
    }

    private static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }

    /// The first line of a small file; nil where it can't be read.
    private static func line(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1_024)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return nil }
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        return text.split(separator: "\n").first.map(String.init)
    }
}
