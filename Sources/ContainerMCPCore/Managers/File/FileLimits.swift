// SPDX-License-Identifier: Apache-2.0

/// The bounds of the file tools.
public struct FileLimits: Sendable {
    /// The endings that file names may have, in lower case without the dot.
    ///
    /// None allows nothing.
    public var allowedEndings: Set<String>
    /// The most bytes of a file that is read or written, after encoding.
    public var maxFileBytes: Int
    /// The most bytes of a saved output that is read.
    public var maxSavedOutputBytes: Int
    /// The most bytes of content in one answer, counted as JSON.
    public var maxReplyBytes: Int
    /// The most names one listing looks at.
    public var maxNames: Int
    /// The most levels of folders a listing or a move goes down, and that may be made.
    public var maxLevels: Int
    /// How long a listing or the look through a folder to be moved may take.
    public var maxTime: Duration

    /// Makes bounds; the defaults are those of the threat model, part 2.3.
    ///
    /// - Parameters:
    ///   - allowedEndings: Endings in lower case without the dot.
    ///   - maxFileBytes: The most bytes of a file that is read or written, after encoding.
    ///   - maxSavedOutputBytes: The most bytes of a saved output that is read.
    ///   - maxReplyBytes: The most bytes of content in one answer, counted as JSON.
    ///   - maxNames: The most names one listing looks at.
    ///   - maxLevels: The most levels of folders.
    ///   - maxTime: The time of a listing.
    public init(
        allowedEndings: Set<String> = ["txt", "md", "csv", "json", "py"],
        maxFileBytes: Int = 10 << 20,
        maxSavedOutputBytes: Int = 16 << 20,
        maxReplyBytes: Int = 63 << 20,
        maxNames: Int = 200_000,
        maxLevels: Int = 64,
        maxTime: Duration = .seconds(5)
    ) {
        self.allowedEndings = allowedEndings
        self.maxFileBytes = maxFileBytes
        self.maxSavedOutputBytes = maxSavedOutputBytes
        self.maxReplyBytes = maxReplyBytes
        self.maxNames = maxNames
        self.maxLevels = maxLevels
        self.maxTime = maxTime
    }
}
