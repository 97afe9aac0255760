// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux

/// Builds a request for the launcher; the decoder on the other side is `wire.c`.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    init(_ request: cmcp_request) {
        write(request.rawValue)
    }

    /// Begins a request that is a plain number in its header.
    init(_ request: Int32) {
        write(request)
    }

    mutating func write(_ value: UInt32) {
        unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func write(_ value: Int32) {
        write(UInt32(bitPattern: value))
    }

    mutating func write(_ value: UInt64) {
        unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends a string with its length before it and a NUL behind it.
    ///
    /// The other side refuses one with a NUL inside.
    mutating func write(_ text: String) {
        let utf8 = text.utf8
        write(UInt32(clamping: utf8.count))
        bytes.append(contentsOf: utf8)
        bytes.append(0)
    }
}

/// Reads a reply of the launcher or a supervisor.
struct WireReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        self.position = bytes.startIndex
    }

    /// The next number, or nil when the reply is too short.
    mutating func readUInt32() -> UInt32? {
        readInteger(of: UInt32.self)
    }

    /// The next number, or nil when the reply is too short.
    mutating func readUInt64() -> UInt64? {
        readInteger(of: UInt64.self)
    }

    private mutating func readInteger<T: FixedWidthInteger>(of type: T.Type) -> T? {
        let size = MemoryLayout<T>.size
        guard bytes.endIndex - position >= size else { return nil }
        var value = T.zero
        for index in (position..<position + size).reversed() {
            value = value << 8 | T(truncatingIfNeeded: bytes[index])
        }
        position += size
        return value
    }
}
