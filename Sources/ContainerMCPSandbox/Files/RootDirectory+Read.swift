// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux
import Glibc

extension RootDirectory {
    /// Reads a whole file.
    ///
    /// At most `limit` + 1 bytes are ever read, however the file grows meanwhile, and memory is taken for the
    /// file's real size only. Pipes, sockets and devices are refused without waiting for them.
    ///
    /// - Parameters:
    ///   - components: The way down from the root.
    ///   - limit: The most bytes the file may have.
    /// - Returns: All bytes, and the state of the file when it was opened.
    /// - Throws: ``FileFailure``; `tooLarge` beyond the limit.
    public func read(_ components: [String], limit: Int) throws(FileFailure) -> FileContent {
        let names = try EntryName.names(components)
        guard !names.isEmpty else { throw .isFolder }
        let file = try open(names, flags: O_RDONLY)
        let info = try file.info()
        try info.requirePlainFile()
        let bound = min(max(0, limit), 1 << 40)
        guard info.size <= Int64(bound) else { throw .tooLarge }

        var bytes = [UInt8](repeating: 0, count: Int(info.size) + 1)
        var filled = 0
        while true {
            if filled == bytes.count {
                guard filled <= bound else { throw .tooLarge }
                let more = min(bound + 1 - filled, max(4_096, filled))
                bytes.append(contentsOf: repeatElement(0, count: more))
            }
            let start = filled
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(file.number, buffer.baseAddress?.advanced(by: start), buffer.count - start)
            }
            if got == 0 { break }
            guard got > 0 else {
                if errno == EINTR { continue }
                throw FileFailure(errno: errno)
            }
            filled += got
        }
        guard filled <= bound else { throw .tooLarge }
        bytes.removeLast(bytes.count - filled)
        return FileContent(bytes: bytes, info: info)
    }

    /// Reads a whole small file if the kernel has it in memory, without waiting for a disk or for anybody; may be called on
    /// any thread.
    ///
    /// - Parameters:
    ///   - components: The way down from the root.
    ///   - limit: The most bytes the file may have.
    /// - Returns: What ``read(_:limit:)`` would return; nil where that would have to wait or would fail, or the kernel
    ///   or the file system can't tell.
    ///
    /// System calls: `openat2(2)` with `RESOLVE_CACHED` (Linux 5.12), `preadv2(2)` with `RWF_NOWAIT`; on ext4, XFS, Btrfs
    /// and F2FS.
    public func readCached(_ components: [String], limit: Int) -> FileContent? {
        guard let names = try? EntryName.names(components), !names.isEmpty,
            let file = openCached(names),
            let info = try? file.info(), (try? info.requirePlainFile()) != nil,
            info.size >= 0, info.size <= Int64(limit)
        else { return nil }
        let size = Int(info.size)
        // One byte more shows whether the file has grown.
        var bytes = [UInt8](repeating: 0, count: size + 1)
        let got = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe cmcp_file_read_cached(file.number, buffer.baseAddress, buffer.count, 0)
        }
        guard got == Int64(size) else { return nil }
        var more: UInt8 = 0
        guard unsafe cmcp_file_read_cached(file.number, &more, 1, got) == 0 else { return nil }
        bytes.removeLast()
        return FileContent(bytes: bytes, info: info)
    }

    /// Asks about an entry; about a link itself, not its target.
    ///
    /// - Parameter components: The way down from the root; none asks about the root.
    /// - Returns: What the kernel says now.
    /// - Throws: ``FileFailure``.
    public func info(at components: [String]) throws(FileFailure) -> FileInfo {
        let names = try EntryName.names(components)
        guard let last = names.last else { return try folder.info() }
        return try openParent(of: names).info(of: last)
    }
}
