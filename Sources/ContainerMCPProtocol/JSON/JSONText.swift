// SPDX-License-Identifier: Apache-2.0

/// Bytes that mean something in JSON text, and the search for them.
enum JSONText {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Finds the first quote, backslash or control character.
    ///
    /// Eight bytes at a time: strings of many megabytes are mostly plain, and this is what their speed rests
    /// on.
    ///
    /// - Returns: Its offset, or the number of bytes if there is none.
    static func firstSpecial(in bytes: Span<UInt8>, from start: Int) -> Int {
        var position = start
        let raw = unsafe bytes.bytes
        let end = bytes.count
        while end - position >= 8 {
            // The load is bounds-checked; it is called unsafe only because it could read any type.
            let loaded = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            let word = UInt64(littleEndian: loaded)
            let quotes = word ^ (ones &* UInt64(quote))
            let slashes = word ^ (ones &* UInt64(backslash))
            let found =
                (((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
                    | ((word &- (ones &* 0x20)) & ~word)) & highBits
            if found != 0 {
                // Only bytes above the lowest hit can be false hits, through a borrow; the lowest one is
                // exact.
                return position + found.trailingZeroBitCount / 8
            }
            position += 8
        }
        while position < end {
            let byte = bytes[position]
            if byte == quote || byte == backslash || byte < 0x20 { return position }
            position += 1
        }
        return end
    }

    /// Finds the first byte of one value.
    ///
    /// - Returns: Its offset, or the number of bytes if there is none.
    static func first(_ wanted: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int {
        var position = start
        let raw = unsafe bytes.bytes
        let end = bytes.count
        let pattern = ones &* UInt64(wanted)
        while end - position >= 8 {
            let loaded = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            let word = UInt64(littleEndian: loaded) ^ pattern
            let found = (word &- ones) & ~word & highBits
            if found != 0 { return position + found.trailingZeroBitCount / 8 }
            position += 8
        }
        while position < end {
            if bytes[position] == wanted { return position }
            position += 1
        }
        return end
    }

    /// Appends a range of bytes to a buffer in one copy.
    static func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
        guard !range.isEmpty else { return }
        // The buffer is read only inside the call, while the span that lends it is alive.
        unsafe bytes.extracting(range).withUnsafeBufferPointer { buffer in
            unsafe output.append(contentsOf: buffer)
        }
    }
}
