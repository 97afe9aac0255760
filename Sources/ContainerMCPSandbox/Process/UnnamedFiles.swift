// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The files of a call that have no name any more, and so are in no count of the workspace.
///
/// They stay on the disk for as long as an open descriptor, a mapping or a message that nobody has received yet
/// refers to them (unlink(2), mmap(2), unix(7)). Blocks.
struct UnnamedFiles {
    /// The process above those of the call.
    let root: Int32
    /// The device that counts: the workspace's.
    let device: UInt64
    /// The longest file that the call can make, in bytes; what a file counts as whose length can't be asked for.
    let largest: Int
    /// The folders, as the kernel names them, whose files count where they are mapped only.
    ///
    /// What else is mapped no call has made: a library that the machine's package manager replaced has no name any
    /// more, either.
    let places: [String]

    /// A name costs the disk something, too: this is what an empty file counts as.
    private static let smallest = 16 << 10
    /// So many descriptors may a user have in messages: as many as it may have open (unix(7)).
    private static let inFlightLimit = 256
    /// So much of the lists of mappings is read in one look; a call with more counts as too large.
    private static let listLimit = 32 << 20

    /// What the files take together.
    func bytes() -> Int {
        let processes = TreeMemory.descendants(of: root)
        var files: [UInt64: Int] = [:]
        TreeMemory.forEachDescriptor(of: processes) { info, _ in add(info, to: &files) }
        guard addMapped(by: processes, to: &files) else { return .max }
        var bytes = files.values.reduce(0) { $0 + $1 }
        // What lies in a message can be a socket with messages of its own, so no number tells how much it is. A
        // program that hands descriptors over receives them at once; two looks apart both find some only where they
        // are kept there.
        if hasInFlight(processes) {
            usleep(200_000)
            bytes += hasInFlight(TreeMemory.descendants(of: root)) ? Self.inFlightLimit * largest : 0
        }
        return bytes
    }

    private func add(_ info: stat, to files: inout [UInt64: Int]) {
        guard info.st_mode & S_IFMT == S_IFREG, info.st_nlink == 0, UInt64(info.st_dev) == device else {
            return
        }
        files[UInt64(info.st_ino)] = max(
            Self.smallest,
            Int(clamping: info.st_blocks).multipliedClamping(by: 512)
        )
    }

    /// Adds what is mapped; false where that is too much to be looked at.
    private func addMapped(by processes: [Int32], to files: inout [UInt64: Int]) -> Bool {
        var left = Self.listLimit
        for process in processes {
            guard let list = maps(of: process, limit: left) else { continue }
            left -= list.count
            guard left > 0 else { return false }
            for line in list.split(separator: UInt8(ascii: "\n")) where line.ends(with: " (deleted)") {
                addMapped(String(decoding: line, as: UTF8.self), of: process, to: &files)
            }
        }
        return true
    }

    private func addMapped(_ line: String, of process: Int32, to files: inout [UInt64: Int]) {
        // Range, rights, offset, device, inode, path.
        let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard fields.count == 6, let inode = UInt64(fields[4]), files[inode] == nil else { return }
        let path = fields[5].drop { $0 == " " }
        guard places.contains(where: { path.hasPrefix($0 + "/") }) else { return }
        var info = stat()
        if unsafe stat("/proc/\(process)/map_files/\(fields[0])", &info) == 0 {
            add(info, to: &files)
        } else {
            // Only a privileged process may ask for more.
            files[inode] = largest
        }
    }

    /// The list of mappings; a process whose first thread has ended shows its own in the other threads.
    private func maps(of process: Int32, limit: Int) -> [UInt8]? {
        for thread in HostPath.names(in: "/proc/\(process)/task") {
            if let list = HostPath.readAll("/proc/\(process)/task/\(thread)/maps", limit: limit),
                !list.isEmpty
            {
                return list
            }
        }
        return nil
    }

    /// Whether a socket of the processes holds messages with descriptors in them.
    private func hasInFlight(_ processes: [Int32]) -> Bool {
        var isFound = false
        TreeMemory.forEachDescriptor(of: processes) { info, path in
            guard !isFound, info.st_mode & S_IFMT == S_IFSOCK,
                let text = HostPath.read(path.replacing("/fd/", with: "/fdinfo/"), limit: 1024)
            else { return }
            for line in String(decoding: text, as: UTF8.self).split(separator: "\n")
            where line.hasPrefix("scm_fds:") {
                isFound = isFound || Int(line.dropFirst(8).trimmed) ?? 1 > 0
            }
        }
        return isFound
    }
}

extension Int {
    fileprivate func multipliedClamping(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}

extension ArraySlice<UInt8> {
    fileprivate func ends(with text: String) -> Bool {
        suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}
