// SPDX-License-Identifier: Apache-2.0

/// The name of one entry of a folder, as the bytes the kernel holds.
///
/// Names on disk need not be UTF-8; as bytes, every entry can be looked at, counted and walked into.
public struct EntryName: Hashable, Sendable {
    /// The bytes of the name: 1 to 255, no zero byte, no slash, neither `.` nor `..`.
    public let bytes: [UInt8]

    /// Makes a name from text.
    ///
    /// - Throws: ``FileFailure/badName`` for what no entry can be called.
    public init(_ text: String) throws(FileFailure) {
        try self.init(bytes: Array(text.utf8))
    }

    /// Makes a name from bytes.
    ///
    /// - Throws: ``FileFailure/badName`` for what no entry can be called.
    public init(bytes: [UInt8]) throws(FileFailure) {
        let isDots = bytes == [0x2E] || bytes == [0x2E, 0x2E]
        guard (1...255).contains(bytes.count), !bytes.contains(0), !bytes.contains(0x2F), !isDots else {
            throw .badName
        }
        self.bytes = bytes
    }

    /// The name as text; nil if it isn't UTF-8.
    public var text: String? {
        String(validating: bytes, as: UTF8.self)
    }

    /// The name as text, with a replacement character for each byte that isn't UTF-8.
    public var repairedText: String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// The name with the zero byte that C wants.
    var terminated: [CChar] {
        EntryName.terminated(bytes)
    }

    /// Makes names from text, in order.
    static func names(_ components: [String]) throws(FileFailure) -> [EntryName] {
        var names: [EntryName] = []
        names.reserveCapacity(components.count)
        for component in components {
            names.append(try EntryName(component))
        }
        return names
    }

    /// Joins names to a relative path with the zero byte that C wants; `.` if there are none.
    ///
    /// - Throws: ``FileFailure/badName`` beyond the 4,095 bytes that one system call takes.
    static func path(_ names: some Collection<EntryName>) throws(FileFailure) -> [CChar] {
        var path: [UInt8] = []
        for name in names {
            if !path.isEmpty { path.append(0x2F) }
            path += name.bytes
            guard path.count <= 4_095 else { throw .badName }
        }
        return terminated(path.isEmpty ? [0x2E] : path)
    }

    private static func terminated(_ bytes: [UInt8]) -> [CChar] {
        var result: [CChar] = []
        result.reserveCapacity(bytes.count + 1)
        for byte in bytes { result.append(CChar(bitPattern: byte)) }
        result.append(0)
        return result
    }
}
