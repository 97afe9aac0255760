// SPDX-License-Identifier: Apache-2.0

import Glibc

extension RootDirectory {
    /// Creates a file that did not exist, for writing as it comes.
    ///
    /// - Parameter components: The way down from the root; the folders must exist.
    /// - Returns: A close-on-exec descriptor; the caller closes it.
    /// - Throws: ``FileFailure``; `exists` if the name is taken, by whatever.
    public func create(_ components: [String]) throws(FileFailure) -> Int32 {
        let names = try EntryName.names(components)
        guard let name = names.last else { throw .isRoot }
        let parent = try openParent(of: names)
        let flags = O_WRONLY | O_CREAT | O_EXCL
        let file = try open(CollectionOfOne(name), beneath: parent, flags: flags, mode: 0o644)
        try handOver(file)
        let kept = fcntl(file.number, F_DUPFD_CLOEXEC, 0)
        guard kept >= 0 else { throw FileFailure(errno: errno) }
        return kept
    }
}
