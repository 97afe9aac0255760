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
            let error = errno
            unsafe rmdir(path)
            throw .exhausted("a temporary folder", error)
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

    /// Removes a tree of any depth and width with three descriptors: folders that lie deeper are moved up to the top
    /// before their own folder is removed.
    static func removeTree(_ path: String) {
        guard let top = Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return }
        fchmod(top.number, 0o700)
        var moved = 0
        // Each round removes at least one name, and a call can't have made more than these.
        for _ in 0..<10_000_000 {
            var isEmpty = true
            var isStuck = true
            for name in HostPath.names(in: "/proc/self/fd/\(top.number)") {
                isEmpty = false
                if unsafe unlinkat(top.number, name, 0) == 0 {
                    isStuck = false
                } else if flatten(name, in: top, &moved) {
                    isStuck = false
                }
            }
            if isEmpty {
                unsafe rmdir(path)
                return
            }
            guard !isStuck else { return }
        }
    }

    /// Empties one folder of the top, moving its folders there, and removes it.
    ///
    /// - Returns: Whether anything went.
    private static func flatten(_ name: String, in top: Descriptor, _ moved: inout Int) -> Bool {
        allowOwner(name, in: top)
        let number = unsafe openat(top.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { return false }
        let folder = Descriptor(owning: number)
        var hasChanged = false
        while true {
            var wentOn = false
            for inner in HostPath.names(in: "/proc/self/fd/\(number)") {
                if unsafe unlinkat(folder.number, inner, 0) == 0 {
                    wentOn = true
                    continue
                }
                moved += 1
                // Moving a folder changes its "..", for which it must be writable.
                allowOwner(inner, in: folder)
                if unsafe renameat(folder.number, inner, top.number, ".moved-\(moved)") == 0 { wentOn = true }
            }
            guard wentOn else { break }
            hasChanged = true
        }
        return unsafe unlinkat(top.number, name, AT_REMOVEDIR) == 0 || hasChanged
    }

    /// Gives a folder's owner all permissions again; anything else, a link too, is left alone.
    private static func allowOwner(_ name: String, in folder: Descriptor) {
        let number = unsafe openat(folder.number, name, CMCP_O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { return }
        cmcp_file_allow_owner(number)
        close(number)
    }
}
