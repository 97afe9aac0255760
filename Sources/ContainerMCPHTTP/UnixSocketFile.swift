// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import Glibc
import Synchronization

/// The file of a Unix socket, from before it is listened on until after.
///
/// The socket is made in a folder that only this user can enter, gets its mode there, and is then given its
/// name: at no time can another user connect. What a crashed server left is replaced if nothing listens on it;
/// a file of another kind never is.
final class UnixSocketFile: Sendable {
    private let path: String
    private let name: String
    private let parent: Int32
    private let workplace: String
    private let workshop: Int32
    private let made = Mutex<FileVersion?>(nil)

    private init(path: String, name: String, parent: Int32, workplace: String, workshop: Int32) {
        self.path = path
        self.name = name
        self.parent = parent
        self.workplace = workplace
        self.workshop = workshop
    }

    /// Prepares a place; two servers never prepare one at the same time.
    ///
    /// - Throws: ``MCPHTTPServerFailure`` where something is there already, or nothing can be made there.
    static func prepare(_ path: String) async throws(MCPHTTPServerFailure) -> UnixSocketFile {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.utf8.startIndex
        let folder = slash == path.utf8.startIndex ? "/" : String(path[..<slash])
        let parent = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { throw failure(path, "its folder is not there or can't be read") }
        do throws(MCPHTTPServerFailure) {
            try await lock(parent, path)
            try clear(path)
            let workplace = ".cmcp-\(UInt64.random(in: 0...UInt64.max))"
            guard unsafe mkdirat(parent, workplace, 0o700) == 0 else {
                throw failure(path, "this user can't make anything in its folder")
            }
            let workshop = unsafe openat(
                parent,
                workplace,
                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
            )
            guard workshop >= 0 else { throw failure(path, "its folder can't be used") }
            return UnixSocketFile(
                path: path,
                name: String(path[path.utf8.index(after: slash)...]),
                parent: parent,
                workplace: workplace,
                workshop: workshop
            )
        } catch {
            close(parent)
            throw error
        }
    }

    deinit {
        unsafe unlinkat(workshop, "s", 0)
        close(workshop)
        unsafe unlinkat(parent, workplace, AT_REMOVEDIR)
        close(parent)
    }

    /// Where to listen; short, however long the path is.
    var listeningPath: String { "/proc/self/fd/\(workshop)/s" }

    /// Gives the socket, which is listened on now, its mode and its name.
    ///
    /// - Throws: ``MCPHTTPServerFailure`` where something took the name meanwhile.
    func publish() throws(MCPHTTPServerFailure) {
        defer { flock(parent, LOCK_UN) }
        guard unsafe fchmodat(workshop, "s", 0o600, 0) == 0 else {
            throw Self.failure(path, "it can't be given its mode")
        }
        let socket = FileVersion("s", in: workshop)
        if unsafe linkat(workshop, "s", parent, name, 0) != 0 {
            guard errno != EEXIST else { throw Self.taken(path) }
            // Not every file system knows links.
            guard unsafe renameat(workshop, "s", parent, name) == 0 else {
                throw Self.failure(path, "it can't be given its name")
            }
        }
        made.withLock { $0 = socket }
    }

    /// Removes the file if it is still the one that was made.
    func remove() {
        guard let made = made.withLock({ $0 }),
            made.isSameFile(as: FileVersion(name, in: parent, followsLinks: false))
        else { return }
        unsafe unlinkat(parent, name, 0)
    }

    private static func lock(_ folder: Int32, _ path: String) async throws(MCPHTTPServerFailure) {
        for _ in 0..<100 {
            if flock(folder, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK || errno == EINTR else { return }
            // A cancelled sleep means that the server stops.
            guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { break }
        }
        throw failure(path, "something else keeps its folder locked")
    }

    /// Removes the socket that a crashed server left.
    private static func clear(_ path: String) throws(MCPHTTPServerFailure) {
        let entry = FileVersion(path, followsLinks: false)
        guard !entry.isMissing else { return }
        guard entry.exists else { throw failure(path, "this user can't look at it") }
        guard entry.isSocket else {
            throw failure(path, "a file that is no socket has this name; name another, or remove it")
        }
        guard isDead(path) else { throw taken(path) }
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw failure(path, "a server that is gone left it, and this user can't remove it")
        }
    }

    /// Whether nothing listens on a socket.
    private static func isDead(_ path: String) -> Bool {
        let descriptor = socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
            0
        )
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room else { return false }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result != 0 && (errno == ECONNREFUSED || errno == ENOENT)
    }

    private static func failure(_ path: String, _ reason: String) -> MCPHTTPServerFailure {
        MCPHTTPServerFailure(.cannotListen, "Can't listen on \(path): \(reason).")
    }

    private static func taken(_ path: String) -> MCPHTTPServerFailure {
        MCPHTTPServerFailure(
            .addressInUse,
            "Can't listen on \(path): something else does already. Stop it, or name another with MCP_SOCKET."
        )
    }
}
