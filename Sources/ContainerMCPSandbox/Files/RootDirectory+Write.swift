// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc

extension RootDirectory {
    /// The start and end of the names that unfinished files have.
    static let temporaryMarks = (start: ".cmcp-", end: ".tmp")

    /// Tells whether a name is one that unfinished files have.
    public static func isTemporaryName(_ name: String) -> Bool {
        name.utf8.count == temporaryMarks.start.utf8.count + 16 + temporaryMarks.end.utf8.count
            && name.hasPrefix(temporaryMarks.start) && name.hasSuffix(temporaryMarks.end)
    }

    /// Writes a whole file, so that others see the old content or the new, never a part.
    ///
    /// The content goes to a new file in the same folder (0644 without the umask, no set-id, no exec bit),
    /// reaches the device, and takes the name by one rename. A failure leaves the old content and no
    /// temporary.
    ///
    /// - Parameters:
    ///   - bytes: The content.
    ///   - components: The way down from the root; the folders must exist.
    ///   - replacing: Whether a regular file that has the name already is replaced.
    /// - Throws: ``FileFailure``; `exists` if the name is taken and not to be replaced.
    public func write(
        _ bytes: [UInt8],
        to components: [String],
        replacing: Bool = true
    ) throws(FileFailure) {
        let names = try EntryName.names(components)
        guard let name = names.last else { throw .isRoot }
        let parent = try openParent(of: names)
        try checkTarget(name, in: parent, replacing: replacing)

        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        let padded = String(repeating: "0", count: 16 - digits.utf8.count) + digits
        let temporary = try EntryName(Self.temporaryMarks.start + padded + Self.temporaryMarks.end)
        let file = try open(
            CollectionOfOne(temporary),
            beneath: parent,
            flags: O_WRONLY | O_CREAT | O_EXCL,
            mode: 0o644
        )
        do throws(FileFailure) {
            try Self.fill(file, with: bytes)
            try handOver(file)
            while fsync(file.number) != 0 {
                if errno != EINTR { throw FileFailure(errno: errno) }
            }
            // Whoever can write in the folder can swap the temporary, but only for something of the same
            // folder.
            guard try parent.info(of: temporary).identity == file.info().identity else { throw .changed }
            try FileFailure.checked(
                unsafe cmcp_file_rename(
                    parent.number,
                    temporary.terminated,
                    parent.number,
                    name.terminated,
                    replacing ? 1 : 0
                )
            )
        } catch {
            unsafe unlinkat(parent.number, temporary.terminated, 0)
            throw error
        }
    }

    /// Throws unless a name is free or is that of a plain file that may be replaced.
    func checkTarget(
        _ name: EntryName,
        in parent: borrowing OpenDescriptor,
        replacing: Bool
    ) throws(FileFailure) {
        let info: FileInfo
        do {
            info = try parent.info(of: name)
        } catch .notFound {
            return
        }
        if replacing || info.kind != .file { try info.requirePlainFile() }
        guard replacing else { throw .exists }
    }

    private static func fill(_ file: borrowing OpenDescriptor, with bytes: [UInt8]) throws(FileFailure) {
        let number = file.number
        var written = 0
        while written < bytes.count {
            let start = written
            let put = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(number, buffer.baseAddress?.advanced(by: start), buffer.count - start)
            }
            guard put >= 0 else {
                if errno == EINTR { continue }
                throw FileFailure(errno: errno)
            }
            written += put
        }
    }

    /// Gives a new file or folder to the owner, if there is one and it was made by this process's user.
    func handOver(_ created: borrowing OpenDescriptor) throws(FileFailure) {
        guard let owner else { return }
        let info = try created.info()
        // Between making a folder and opening it, it can be swapped for another; that one already has its
        // owner.
        guard info.user == geteuid(), info.user != owner.user else { return }
        guard fchown(created.number, owner.user, owner.group) == 0 else { throw FileFailure(errno: errno) }
    }
}
