// SPDX-License-Identifier: Apache-2.0

import Glibc

/// One event of an inotify instance.
///
/// Source: inotify(7).
struct InotifyEvent: Equatable {
    /// The watch that it is about; -1 for one that is about the queue.
    var watch: Int32
    /// What happened.
    var mask: UInt32
    /// The name in the watched folder; empty for one about the folder itself.
    var name: [UInt8]

    init(watch: Int32, mask: UInt32, name: [UInt8] = []) {
        self.watch = watch
        self.mask = mask
        self.name = name
    }

    /// Events were lost.
    var isOverflow: Bool { has(IN_Q_OVERFLOW) }
    /// The watch is gone, and its number means nothing any more.
    var isIgnored: Bool { has(IN_IGNORED) }
    /// The name stands for a folder.
    var isFolder: Bool { has(IN_ISDIR) }
    /// The name is new in the folder.
    var appears: Bool { has(IN_CREATE | IN_MOVED_TO) }
    /// The name came, went, or stands for something else now.
    var changesNames: Bool { has(IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM) }

    private func has(_ bits: Int32) -> Bool {
        mask & UInt32(bitPattern: bits) != 0
    }

    private func has(_ bits: UInt32) -> Bool {
        mask & bits != 0
    }

    /// Reads the events of one read(2); what does not make a whole one at the end is dropped.
    static func events(in bytes: ArraySlice<UInt8>) -> [InotifyEvent] {
        var events: [InotifyEvent] = []
        var rest = bytes
        // wd, mask, cookie, len: four numbers of 32 bits in the machine's order, then the name with zeros behind it.
        while rest.count >= 16 {
            let numbers = stride(from: rest.startIndex, to: rest.startIndex + 16, by: 4).map { start in
                UInt32(littleEndian: rest[start..<(start + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) })
            }
            let length = Int(numbers[3])
            rest = rest.dropFirst(16)
            guard length <= rest.count else { break }
            let name = rest.prefix(length)
            rest = rest.dropFirst(length)
            events.append(
                InotifyEvent(
                    watch: Int32(bitPattern: numbers[0]),
                    mask: numbers[1],
                    name: Array(name.prefix { $0 != 0 })
                )
            )
        }
        return events
    }
}
