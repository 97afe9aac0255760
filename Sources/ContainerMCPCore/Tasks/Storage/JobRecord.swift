// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// What stands in a file about one job.
///
/// It names the identifier, since `tasks/list` has to show it after a restart; only jobs of authenticated subjects
/// are recorded, and for those an identifier alone opens nothing.
struct JobRecord: Sendable, Equatable {
    private static let format: Int64 = 1
    /// Bytes of a record beside its outcome, at most; names and messages are far smaller.
    static let margin = 65_536
    /// A result may be nested as deep as a message, and the record adds three levels; more could be too much for the
    /// small stack of the thread that reads it.
    private static let depth = JSONValue.defaultMaximumDepth + 8
    /// Longer lives are not believed: ten years.
    private static let longestLifetime: Int64 = 315_576_000_000

    var id: String
    var subject: String
    var tool: String
    var createdAt: Int64
    var updatedAt: Int64
    var lifetime: Int64
    /// Nil for a job that has not ended.
    var outcome: JobOutcome?

    /// The name of the file: nothing in a listing of the folder is an identifier.
    var fileName: String { Self.fileName(of: id) }

    static func fileName(of id: String) -> String { JobIdentifier.hash(of: id) + ".json" }

    /// Whether a file name is one that this type gives.
    static func isFileName(_ name: String) -> Bool {
        name.utf8.count == 69 && name.hasSuffix(".json")
            && name.utf8.prefix(64).allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    func encoded() -> [UInt8] {
        var object: JSONObject = [
            "format": .integer(Self.format), "id": .string(id), "subject": .string(subject),
            "tool": .string(tool),
            "createdAt": .integer(createdAt), "updatedAt": .integer(updatedAt),
            "lifetime": .integer(lifetime),
        ]
        object["outcome"] = outcome.map(StoredOutcome.jsonValue)
        return JSONValue.object(object).encoded()
    }

    init(
        id: String,
        subject: String,
        tool: String,
        createdAt: Int64,
        updatedAt: Int64,
        lifetime: Int64,
        outcome: JobOutcome?
    ) {
        self.id = id
        self.subject = subject
        self.tool = tool
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.lifetime = lifetime
        self.outcome = outcome
    }

    /// Reads a record; nil for anything that ``encoded()`` does not write.
    ///
    /// - Parameters:
    ///   - bytes: What the file holds.
    ///   - name: The name of the file, which must belong to the identifier.
    init?(_ bytes: [UInt8], fileName name: String) {
        // What the parser says about the fault would quote the file; that it is corrupt is all anyone needs.
        guard
            let value = try? JSONValue(parsing: bytes, maximumDepth: Self.depth),
            value["format"]?.int64Value == Self.format,
            let id = value["id"]?.stringValue, JobIdentifier.isWellFormed(id), Self.fileName(of: id) == name,
            let subject = value["subject"]?.stringValue, !subject.isEmpty,
            let tool = value["tool"]?.stringValue,
            let createdAt = value["createdAt"]?.int64Value, createdAt >= 0,
            let updatedAt = value["updatedAt"]?.int64Value, updatedAt >= createdAt,
            let lifetime = value["lifetime"]?.int64Value, (1...Self.longestLifetime).contains(lifetime)
        else { return nil }
        var outcome: JobOutcome?
        if let stored = value["outcome"] {
            guard let read = StoredOutcome.read(stored) else { return nil }
            outcome = read
        }
        self.init(
            id: id,
            subject: subject,
            tool: tool,
            createdAt: createdAt,
            updatedAt: updatedAt,
            lifetime: lifetime,
            outcome: outcome
        )
    }
}
