// SPDX-License-Identifier: Apache-2.0

/// A stream as it was kept: its head and its tail, and how much is missing between them.
public struct CapturedOutput: Sendable, Equatable {
    /// The first bytes.
    public private(set) var head: [UInt8] = []
    /// The last bytes, when something is missing before them; else what follows the head at once.
    public var tail: [UInt8] {
        guard ringStart > 0 else { return ring }
        return Array(ring[ringStart...] + ring[..<ringStart])
    }
    /// All bytes that came, kept or not.
    public private(set) var total = 0
    /// Bytes that were not kept.
    public var dropped: Int { total - head.count - ring.count }
    /// Whether the full text, up to its own limit, was saved.
    public var isSaved = false
    /// Whether saving it failed, at its beginning or on the way: a full disk, or a folder that can't be written.
    public var isSavingCutShort = false
    /// Bytes that came and were kept in the saved text.
    public var saved = 0

    private let headLimit: Int
    private let tailLimit: Int
    private var ring: [UInt8] = []
    private var ringStart = 0

    /// Makes an empty capture.
    ///
    /// - Parameter limit: The bytes to keep: three quarters of them from the head, the rest from the tail.
    public init(limit: Int = 1 << 20) {
        let limit = max(limit, 4)
        tailLimit = limit / 4
        headLimit = limit - tailLimit
    }

    /// Makes a capture that holds a text whole; for tests.
    public init(_ text: String) {
        self.init(limit: max(4, text.utf8.count * 4))
        append(Array(text.utf8)[...])
    }

    /// Adds bytes.
    public mutating func append(_ bytes: ArraySlice<UInt8>) {
        total += bytes.count
        let toHead = bytes.prefix(headLimit - head.count)
        head.append(contentsOf: toHead)
        var rest = bytes.dropFirst(toHead.count)
        guard !rest.isEmpty else { return }
        if rest.count >= tailLimit {
            ring = Array(rest.suffix(tailLimit))
            ringStart = 0
            return
        }
        let room = rest.prefix(tailLimit - ring.count)
        if !room.isEmpty {
            ring.append(contentsOf: room)
            rest = rest.dropFirst(room.count)
        }
        while !rest.isEmpty {
            let chunk = rest.prefix(tailLimit - ringStart)
            ring.replaceSubrange(ringStart..<ringStart + chunk.count, with: chunk)
            ringStart = (ringStart + chunk.count) % tailLimit
            rest = rest.dropFirst(chunk.count)
        }
    }

    /// The text, with a mark where something is missing.
    ///
    /// Bytes that are not UTF-8 become U+FFFD, one for each maximal part (the Unicode standard's advice). A character
    /// that the cut went through is left out.
    ///
    /// - Parameter mark: Makes the mark from the number of bytes left out.
    /// - Returns: The text.
    public func text(mark: (Int) -> String = { "\n[… \($0) bytes dropped …]\n" }) -> String {
        guard dropped > 0 else { return String(decoding: head + tail, as: UTF8.self) }
        let headPart = head[..<Self.endOfWholeCharacters(head)]
        let all = tail
        let tailPart = all[Self.startOfWholeCharacters(all)...]
        let missing = total - headPart.count - tailPart.count
        return String(decoding: headPart, as: UTF8.self) + mark(missing)
            + String(decoding: tailPart, as: UTF8.self)
    }

    private static func startOfWholeCharacters(_ bytes: [UInt8]) -> Int {
        bytes.prefix(3).firstIndex { $0 & 0xC0 != 0x80 } ?? min(3, bytes.count)
    }

    /// Where the last character ends that is there as a whole; bytes that are no UTF-8 count as whole.
    public static func endOfWholeCharacters(_ bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            guard byte & 0xC0 != 0x80 else { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back ? bytes.count - back : bytes.count
        }
        return bytes.count
    }
}
