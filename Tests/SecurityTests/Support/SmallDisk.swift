// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// A file system of a few hundred kilobytes that can be filled to its last byte or name.
struct SmallDisk: Sendable {
    /// Where it is mounted.
    let path: String

    /// Mounts one below /tmp, gives it to the body and takes it away.
    ///
    /// Only root may mount: for others the test is cancelled.
    static func with(_ options: String, _ body: (SmallDisk) async throws -> Void) async throws {
        try await HostFolder.with { folder in
            let path = folder + "/disk"
            unsafe mkdir(path, 0o755)
            let mounted = try Unconfined.run(
                "/bin/mount",
                ["mount", "-t", "tmpfs", "-o", "mode=0755,\(options)", "tmpfs", path]
            )
            guard mounted.status == 0 else {
                try Test.cancel("a small file system can't be mounted here: only root with CAP_SYS_ADMIN may")
            }
            let problem: (any Error)?
            do {
                try await body(SmallDisk(path: path))
                problem = nil
            } catch {
                problem = error
            }
            // Lazily: a process that is still going away may hold it.
            _ = try Unconfined.run("/bin/umount", ["umount", "-l", path])
            if let problem { throw problem }
        }
    }

    /// Makes a folder on it.
    func folder(_ name: String) -> String {
        unsafe mkdir("\(path)/\(name)", 0o755)
        return "\(path)/\(name)"
    }

    /// Takes all of its bytes.
    func fill() {
        let file = unsafe open(path + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let bytes = [UInt8](repeating: 120, count: 4096)
        while unsafe write(file, bytes, bytes.count) > 0 {}
        close(file)
    }

    /// Takes all of its names.
    func fillNames() {
        unsafe mkdir(path + "/fillers", 0o700)
        for number in 0..<100_000 {
            let file = unsafe open("\(path)/fillers/\(number)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { return }
            close(file)
        }
    }

    /// Gives everything back.
    func empty() {
        _ = try? Unconfined.run("/bin/rm", ["rm", "-rf", path + "/filler", path + "/fillers"])
    }
}
