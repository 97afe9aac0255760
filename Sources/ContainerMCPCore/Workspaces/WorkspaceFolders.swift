// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox
internal import Crypto
internal import Glibc

/// The folders of workspaces that are not shared, below `SANDBOX_ROOT`.
///
/// A subject's folder is `subjects/<digest>`, and stays. A session's is `instances/<server>/<number>`, and goes with the
/// session; what a server that was killed left behind goes when the next one starts. The folders above them belong to
/// the server, so no child could change what lies on the way, even if it saw it.
struct WorkspaceFolders: Sendable {
    /// A folder that was made ready.
    struct Place: Sendable {
        /// The folder on the host.
        let path: String
        let root: RootDirectory
    }

    private static let subjects = "subjects"
    private static let instances = "instances"

    private let path: String
    private let base: RootDirectory
    private let owner: FileOwner?
    /// The name of this server's own folder below `instances`.
    private let instance: String
    /// Holds a lock (flock(2)) for as long as the server lives, by which others see that it does.
    private let lock: Lock

    private final class Lock: Sendable {
        let descriptor: Int32
        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { close(descriptor) }
    }

    /// Makes the folder of this server, and removes those of servers that are gone.
    ///
    /// Blocks; the folders that are removed may be large.
    ///
    /// - Parameter path: `SANDBOX_ROOT`, an absolute folder.
    /// - Throws: ``SandboxError`` with code `badConfiguration`.
    init(path: String) throws(SandboxError) {
        self.path = path
        let identity = ChildIdentity(workspace: path)
        owner = identity.differs ? FileOwner(user: identity.user, group: identity.group) : nil
        instance = Self.randomName()
        do {
            base = try RootDirectory(path: path)
            try base.makeFolders([Self.subjects])
            try base.makeFolders([Self.instances, instance])
            for folder in [[Self.subjects], [Self.instances], [Self.instances, instance]] {
                // One that a child owned (in a workspace that all shared before) could be changed under our feet.
                guard try base.opened(folder).info().user == geteuid() else {
                    throw SandboxError(
                        .badConfiguration,
                        "SANDBOX_ROOT/\(folder[0]) belongs to another user; move it away, it is needed by the server"
                    )
                }
            }
            let own = try base.opened([Self.instances, instance])
            let descriptor = fcntl(own.descriptor, F_DUPFD_CLOEXEC, 0)
            guard descriptor >= 0 else { throw FileFailure.tooMany }
            lock = Lock(descriptor)
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw FileFailure.changed }
        } catch let error as SandboxError {
            throw error
        } catch {
            throw SandboxError(.badConfiguration, "SANDBOX_ROOT can't hold workspaces: \(error)")
        }
        removeLeftovers()
    }

    private static func randomName() -> String {
        var generator = SystemRandomNumberGenerator()
        return hexadecimal((0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }

    /// The name of a subject's folder: the first 32 digits of the SHA-256 of its id.
    static func name(ofSubject id: String) -> String {
        hexadecimal(SHA256.hash(data: Array(id.utf8)).prefix(16))
    }

    /// The folder in which the server tries out its sandbox.
    func probe() throws(FileFailure) -> Place {
        try place([Self.instances, instance, "probe"])
    }

    /// Makes a folder for a session.
    ///
    /// - Parameter number: Another one for each session.
    /// - Returns: The folder.
    /// - Throws: ``FileFailure``.
    func session(_ number: UInt64) throws(FileFailure) -> Place {
        try place([Self.instances, instance, "\(number)"])
    }

    /// The folder of a subject; made where it is not there.
    func subject(_ id: String) throws(FileFailure) -> Place {
        try place([Self.subjects, Self.name(ofSubject: id)])
    }

    private func place(_ names: [String]) throws(FileFailure) -> Place {
        let parent = try base.opened(Array(names.dropLast()), owner: owner)
        guard let last = names.last else { throw .isRoot }
        try parent.makeFolders([last])
        return Place(
            path: ([path] + names).joined(separator: "/"),
            root: try parent.opened([last], owner: owner)
        )
    }

    /// Removes the folder of a session that is over.
    ///
    /// - Returns: False when something is left.
    func removeSession(_ number: UInt64) -> Bool {
        guard let own = try? base.opened([Self.instances, instance]) else { return false }
        return Self.remove("\(number)", in: own)
    }

    /// Removes the folder of this server, with the folders of all sessions.
    ///
    /// - Returns: False when something is left.
    func removeInstance() -> Bool {
        guard let all = try? base.opened([Self.instances]) else { return false }
        return Self.remove(instance, in: all)
    }

    private static func remove(_ name: String, in parent: RootDirectory) -> Bool {
        guard let folder = try? parent.opened([name]) else { return true }
        var remover = TreeRemover(top: folder.descriptor)
        return remover.run() && (try? parent.delete([name])) != nil
    }

    private func removeLeftovers() {
        guard let all = try? base.opened([Self.instances]), let found = try? all.list([], limit: 10_000)
        else {
            return
        }
        for entry in found.entries {
            let name = entry.name.repairedText
            guard name != instance, let folder = try? all.opened([name]) else { continue }
            // A server that lives holds the lock of its own.
            guard flock(folder.descriptor, LOCK_EX | LOCK_NB) == 0 else { continue }
            // What can't be removed is tried again at the next start.
            _ = Self.remove(name, in: all)
        }
    }
}
