// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc

/// One inotify instance of the kernel, closed when it is let go.
///
/// System calls: `inotify_init1(2)`, `inotify_rm_watch(2)`, `read(2)`.
final class Inotify: Sendable {
    /// The events that show which names a folder has.
    static let names = UInt32(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_EXCL_UNLINK)
    /// The events that show that files of a folder change.
    static let contents = UInt32(IN_MODIFY | IN_CLOSE_WRITE)

    let descriptor: Int32

    /// Opens an instance; nil where the user or the system has none left.
    init?() {
        descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard descriptor >= 0 else { return nil }
    }

    deinit {
        close(descriptor)
    }

    func remove(_ watch: Int32) {
        // One that is gone already is what was wanted.
        _ = inotify_rm_watch(descriptor, watch)
    }

    /// The events that are there, at most 1 MiB of them; never waits.
    func read() -> [InotifyEvent] {
        var events: [InotifyEvent] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        for _ in 0..<16 {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count)
            }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                break
            }
            events += InotifyEvent.events(in: buffer[..<count])
        }
        return events
    }
}
