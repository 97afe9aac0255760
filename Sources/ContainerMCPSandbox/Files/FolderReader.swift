// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux

/// Reads the entries of an open folder one after the other, a buffer at a time.
struct FolderReader {
    private var buffer = [UInt8](repeating: 0, count: 32_768)
    private var position = 0
    private var filled = 0

    /// Starts over with another folder.
    mutating func reset() {
        position = 0
        filled = 0
    }

    /// Reads the next entry; nil at the end.
    mutating func next(in folder: borrowing OpenDescriptor) throws(FileFailure) -> FolderEntry? {
        if position >= filled {
            position = 0
            let got = unsafe cmcp_file_names(folder.number, &buffer, buffer.count)
            guard got >= 0 else {
                filled = 0
                throw FileFailure(errno: Int32(truncatingIfNeeded: 0 &- got))
            }
            filled = min(Int(got), buffer.count)
            if filled == 0 { return nil }
        }
        let kind = FileKind(directoryEntryType: buffer[position])
        let start = position + 1
        let end = buffer[start..<filled].firstIndex(of: 0) ?? filled
        position = end + 1
        return FolderEntry(name: try EntryName(bytes: Array(buffer[start..<end])), kind: kind)
    }
}
