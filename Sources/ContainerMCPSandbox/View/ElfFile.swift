// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What the loader will read from a 64-bit ELF file (elf(5)): its interpreter and the libraries it names.
struct ElfFile {
    private(set) var interpreter: String?
    private(set) var needed: [String] = []
    private(set) var searchPaths: [String] = []

    /// Reads a file; nil when it is not a 64-bit little-endian ELF file or its tables do not fit.
    init?(path: String) {
        guard let file = Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) else { return nil }
        let reader = Reader(file: file)
        guard let header = reader.bytes(at: 0, count: 64), header.starts(with: [0x7f, 0x45, 0x4c, 0x46]),
            header[4] == 2, header[5] == 1
        else { return nil }
        let tableOffset = Reader.number(header, 32, 8)
        let entrySize = Reader.number(header, 54, 2)
        let entryCount = Reader.number(header, 56, 2)
        guard entrySize >= 56, entryCount <= 128,
            let table = reader.bytes(at: tableOffset, count: entrySize * entryCount)
        else { return nil }
        var segments: [(offset: UInt64, address: UInt64, size: UInt64)] = []
        var dynamic: (offset: UInt64, size: UInt64)?
        for index in 0..<Int(entryCount) {
            let at = index * Int(entrySize)
            let type = Reader.number(table, at, 4)
            let offset = Reader.number(table, at + 8, 8)
            let address = Reader.number(table, at + 16, 8)
            let size = Reader.number(table, at + 32, 8)
            switch type {
            case 1: segments.append((offset, address, size))
            case 2: dynamic = (offset, size)
            case 3: interpreter = reader.text(at: offset)
            default: break
            }
        }
        guard let dynamic else { return }
        guard dynamic.size <= 65_536, let entries = reader.bytes(at: dynamic.offset, count: dynamic.size)
        else { return nil }
        var strings: UInt64?
        var neededOffsets: [UInt64] = []
        var pathOffsets: [UInt64] = []
        var at = 0
        while at + 16 <= entries.count {
            let tag = Reader.number(entries, at, 8)
            let value = Reader.number(entries, at + 8, 8)
            at += 16
            if tag == 0 { break }
            switch tag {
            case 1: neededOffsets.append(value)
            case 5: strings = value
            case 15, 29: pathOffsets.append(value)
            default: break
            }
        }
        guard let address = strings,
            let segment = segments.first(where: { address >= $0.address && address - $0.address < $0.size })
        else { return }
        let (base, overflow) = segment.offset.addingReportingOverflow(address - segment.address)
        guard !overflow else { return nil }
        needed = neededOffsets.prefix(256).compactMap { reader.text(at: base &+ $0) }
        searchPaths = pathOffsets.prefix(4).compactMap { reader.text(at: base &+ $0) }
            .flatMap { $0.split(separator: ":").map(String.init) }
    }

    private struct Reader {
        let file: Descriptor

        func bytes(at offset: UInt64, count: UInt64) -> [UInt8]? {
            guard count <= 1_048_576, let start = Int(exactly: offset) else { return nil }
            var bytes = [UInt8](repeating: 0, count: Int(count))
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(file.number, $0.baseAddress, $0.count, start)
            }
            return got == bytes.count ? bytes : nil
        }

        func text(at offset: UInt64) -> String? {
            guard let start = Int(exactly: offset) else { return nil }
            var bytes = [UInt8](repeating: 0, count: 1024)
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(file.number, $0.baseAddress, $0.count, start)
            }
            guard got > 0, let end = bytes[..<got].firstIndex(of: 0) else { return nil }
            return String(validating: bytes[..<end], as: UTF8.self)
        }

        static func number(_ bytes: [UInt8], _ at: Int, _ size: Int) -> UInt64 {
            guard at + size <= bytes.count else { return 0 }
            return bytes[at..<at + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
