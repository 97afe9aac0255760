// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux

extension WallContents {
    /// What the launcher needs as root until it has become a user namespace's.
    private static let rootCapabilities = "sys_admin,setuid,setgid,setpcap,setfcap,kill"
    /// Folders of which firejail can show chosen parts only (firejail(1), `--whitelist`).
    private static let partable = ["dev", "media", "mnt", "opt", "srv", "tmp", "var"]
    /// Folders that firejail, the loader or the launcher needs.
    private static let needed = [
        "bin", "etc", "lib", "lib32", "lib64", "libx32", "proc", "run", "sbin", "usr",
    ]

    /// The arguments by which firejail hides what it can and starts the launcher.
    ///
    /// It has no empty root to build on for everyone: what lies in the folders that a system needs stays in sight,
    /// read-only.
    func firejailArguments(isRoot: Bool) -> [String] {
        var arguments = [
            "--noprofile", "--quiet", "--keep-fd=\(CMCP_LAUNCHER_DESCRIPTOR)", "--net=none",
            "--ipc-namespace",
            "--hostname=sandbox", "--nonewprivs", "--deterministic-shutdown",
            isRoot ? "--caps.keep=\(Self.rootCapabilities)" : "--caps.drop=all",
        ]
        for name in HostPath.names(in: "/") where !Self.needed.contains(name) {
            guard HostPath.walk("/\(name)")?.isFolder == true else { continue }
            let inside = sources.filter { $0.path.hasPrefix("/\(name)/") }
            if inside.isEmpty, !sources.contains(where: { $0.path == "/\(name)" }) {
                arguments.append("--blacklist=/\(name)")
            } else if Self.partable.contains(name) {
                arguments += inside.map { "--whitelist=\($0.path)" }
            }
        }
        return arguments + ["--"]
    }
}
