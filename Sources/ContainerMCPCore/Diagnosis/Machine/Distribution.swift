// SPDX-License-Identifier: Apache-2.0

/// The distribution of the machine, from os-release(5).
public struct Distribution: Sendable, Equatable {
    /// The distribution and those it descends from, nearest first, as in `ID` and `ID_LIKE`.
    public var families: [String]
    /// `VERSION_ID`; empty where there is none.
    public var version: String
    /// `PRETTY_NAME`, at most 100 characters; empty where there is none.
    public var name: String

    /// Makes a distribution; by default an unknown one.
    public init(families: [String] = [], version: String = "", name: String = "") {
        self.families = families
        self.version = version
        self.name = name
    }

    /// Reads os-release(5); lines that are none are passed over.
    init(osRelease text: String) {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline).prefix(200) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, values[String(parts[0])] == nil else { continue }
            values[String(parts[0])] = Self.unquoted(parts[1])
        }
        let likes = (values["ID_LIKE"] ?? "").split(separator: " ").map(String.init)
        self.init(
            families: Array(([values["ID"] ?? ""] + likes).filter { !$0.isEmpty }.prefix(8)),
            version: values["VERSION_ID"] ?? "",
            name: String((values["PRETTY_NAME"] ?? "").prefix(100))
        )
    }

    private static func unquoted(_ text: Substring) -> String {
        for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            return String(text.dropFirst().dropLast())
        }
        return String(text)
    }

    /// Whether it is this distribution or descends from it.
    func isLike(_ id: String) -> Bool { families.contains(id) }

    /// The number before the first dot of ``version``; 0 where there is none.
    var majorVersion: Int { Int(version.prefix { $0 != "." }) ?? 0 }

    // MARK: Commands

    /// The command that installs a package, without `sudo`; nil where the package manager is not known.
    func install(_ package: String) -> String? {
        if isLike("debian") || isLike("ubuntu") { return "apt install \(package)" }
        if isLike("fedora") || isLike("rhel") { return "dnf install \(package)" }
        if isLike("alpine") { return "apk add \(package)" }
        if isLike("arch") { return "pacman -S \(package)" }
        if isLike("suse") || isLike("opensuse") { return "zypper install \(package)" }
        return nil
    }

    /// The command that brings a kernel with all of Landlock (Linux 6.12), without `sudo`; nil where there is none.
    func newerKernel(architecture: String) -> String? {
        let flavour = ["x86_64": "amd64", "aarch64": "arm64"][architecture]
        switch families.first {
        case "debian":
            guard let flavour else { return nil }
            // Debian 13 has 6.12 itself, and for 12 the backports have it.
            if majorVersion >= 13 { return "apt install linux-image-\(flavour)" }
            return majorVersion == 12 ? "apt install -t bookworm-backports linux-image-\(flavour)" : nil
        case "ubuntu":
            if version == "24.04" { return "apt install linux-generic-hwe-24.04" }
            return majorVersion > 24 ? "apt install linux-generic" : "do-release-upgrade"
        case "fedora": return "dnf upgrade kernel"
        case "alpine": return "apk upgrade linux-lts"
        case "arch": return "pacman -Syu linux"
        case "opensuse-tumbleweed": return "zypper dup"
        default: return nil
        }
    }

    /// What writes the kernel's command line; nil where it is not known.
    var bootLoader: BootLoader? {
        if isLike("debian") || isLike("ubuntu") { return .grub }
        return isLike("fedora") || isLike("rhel") ? .grubby : nil
    }

    /// Programs that write the kernel's command line.
    enum BootLoader {
        /// `update-grub` with the folder `/etc/default/grub.d`.
        case grub
        /// `grubby`.
        case grubby
    }
}
