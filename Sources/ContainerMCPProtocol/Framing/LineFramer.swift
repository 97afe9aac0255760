// SPDX-License-Identifier: Apache-2.0

/// Splits a stream of bytes into lines, keeping no more of it than one line may hold.
public struct LineFramer: Sendable {
    /// One thing found in the stream.
    public enum Frame: Sendable, Equatable {
        /// A line without its end; never blank.
        case line([UInt8])
        /// A line that is too long; it is named once, and the rest of it is dropped.
        case overlong
    }

    /// How long a line may be unless a caller says otherwise: 32 MiB.
    public static let defaultMaximumLength = 32 * 1_048_576

    private let maximumLength: Int
    private var partial: [UInt8] = []
    private var isDropping = false

    /// Starts at the beginning of a line.
    ///
    /// - Parameter maximumLength: How long a line may be in bytes without its end; at least 1.
    public init(maximumLength: Int = LineFramer.defaultMaximumLength) {
        self.maximumLength = max(maximumLength, 1)
    }

    /// Takes the next bytes of the stream.
    ///
    /// Lines end with a line feed, before which a carriage return is dropped. Blank lines are left out.
    public mutating func feed(_ bytes: Span<UInt8>) -> [Frame] {
        var frames: [Frame] = []
        var start = 0
        while start < bytes.count {
            let end = JSONText.first(0x0A, in: bytes, from: start)
            take(bytes, start..<end, &frames)
            if end < bytes.count { endLine(&frames) }
            start = end + 1
        }
        return frames
    }

    /// Takes the next bytes of the stream.
    public mutating func feed(_ bytes: [UInt8]) -> [Frame] {
        feed(bytes.span)
    }

    /// Takes the end of the stream, which also ends a last line without a line feed.
    public mutating func finish() -> [Frame] {
        var frames: [Frame] = []
        endLine(&frames)
        return frames
    }

    /// How many bytes of an unfinished line are held.
    public var heldBytes: Int { partial.count }

    private mutating func take(_ bytes: Span<UInt8>, _ range: Range<Int>, _ frames: inout [Frame]) {
        guard !isDropping, !range.isEmpty else { return }
        let length = partial.count + range.count
        // One byte more may be the carriage return that does not count.
        let fits =
            length <= maximumLength || (length == maximumLength + 1 && bytes[range.upperBound - 1] == 0x0D)
        guard fits else {
            partial = []
            isDropping = true
            frames.append(.overlong)
            return
        }
        JSONText.append(bytes, range, to: &partial)
    }

    private mutating func endLine(_ frames: inout [Frame]) {
        defer { isDropping = false }
        guard !isDropping else { return }
        if partial.last == 0x0D { partial.removeLast() }
        let isBlank = partial.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let line = partial
        partial = []
        if !isBlank { frames.append(.line(line)) }
    }
}
