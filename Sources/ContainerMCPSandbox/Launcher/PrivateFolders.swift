// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
internal import Glibc

/// The private temporary folders of calls at level `filtered`, where no call has a /tmp mount of its own.
struct PrivateFolders: Sendable {
    /// The folder on the host that holds them.
    let parent: String
    let threads: BlockingThreads

    /// Makes an empty folder, mode 0700, that belongs to the child.
    func make(owner: ChildIdentity) throws(SandboxError) -> (path: String, descriptor: Descriptor) {
        var template = Array("\(parent)/call-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw .exhausted("a temporary folder", errno) }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let folder = Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
            !owner.differs || fchown(folder.number, owner.user, owner.group) == 0
        else {
            throw .exhausted("a temporary folder", errno)
        }
        return (path, folder)
    }

    /// Removes a folder with all that a call left in it, without following anything.
    func remove(_ path: String) {
        Task.detached { [threads] in
            // A folder that can't be removed stays until the next start; nobody else can see into it.
            try? await threads.run { Self.removeTree(path) }
        }
    }

    static func removeTree(_ path: String) {
        guard let folder = Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return }
        var stack: [(folder: Descriptor, name: String)] = [(folder, path)]
        var steps = 0
        while let top = stack.last, steps < 1_000_000 {
            steps += 1
            fchmod(top.folder.number, 0o700)
            let names = HostPath.names(in: "/proc/self/fd/\(top.folder.number)")
            var next: (Descriptor, String)?
            for name in names where unsafe unlinkat(top.folder.number, name, 0) != 0 {
                let number = unsafe openat(
                    top.folder.number,
                    name,
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
                )
                guard number >= 0 else { continue }
                next = (Descriptor(owning: number), name)
                break
            }
            if let next, stack.count < 256 {
                stack.append(next)
                continue
            }
            stack.removeLast()
            if let parent = stack.last {
                guard unsafe unlinkat(parent.folder.number, top.name, AT_REMOVEDIR) == 0 else { return }
            } else {
                unsafe rmdir(top.name)
            }
        }
    }
}
