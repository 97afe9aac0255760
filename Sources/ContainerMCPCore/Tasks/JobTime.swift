// SPDX-License-Identifier: Apache-2.0

/// Moments and spans of jobs in milliseconds of the wall clock, since they outlive the process.
enum JobTime {
    /// Spans are cut here, so that sums of a few can't overflow: a hundred years.
    static let longestSpan: Int64 = 3_155_760_000_000

    /// Milliseconds since 1970-01-01T00:00:00Z.
    static func now() -> Int64 {
        Int64(AuditTime.now().milliseconds)
    }

    /// A span, from 0 to ``longestSpan``.
    static func milliseconds(_ span: Duration) -> Int64 {
        let (seconds, attoseconds) = span.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < longestSpan / 1_000 else { return longestSpan }
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    /// A moment as ISO 8601 in UTC, with seconds and no fraction of them.
    static func text(_ milliseconds: Int64) -> String {
        Timestamp(secondsSince1970: milliseconds / 1_000).description
    }

    /// How long a client should wait between two reads, in milliseconds.
    ///
    /// - Parameter age: How long ago the job was made.
    /// - Returns: The advice.
    static func pollInterval(age: Int64) -> Int64 {
        age < 30_000 ? 1_000 : age < 120_000 ? 2_000 : 5_000
    }
}
