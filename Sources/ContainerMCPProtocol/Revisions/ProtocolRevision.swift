// SPDX-License-Identifier: Apache-2.0

/// A revision of the Model Context Protocol that is served here; later ones are greater.
public enum ProtocolRevision: String, Sendable, Hashable, CaseIterable {
    /// The first revision: HTTP+SSE and stdio.
    case v20241105 = "2024-11-05"
    /// Streamable HTTP, batches, tool annotations, audio.
    case v20250326 = "2025-03-26"
    /// Structured content, titles, resource links, elicitation; batches removed.
    case v20250618 = "2025-06-18"
    /// Icons, tasks as an experiment, SSE polling.
    case v20251125 = "2025-11-25"
    /// No sessions; each request names its revision and the client's capabilities.
    case v20260728 = "2026-07-28"

    /// All revisions, the newest first, as `server/discover` lists them.
    public static let newestFirst: [ProtocolRevision] = allCases.sorted(by: >)

    /// What `initialize` answers to a client that asks for a revision which it can't have.
    public static let newestLegacy = ProtocolRevision.v20251125

    /// What an HTTP session without any other sign is taken to speak.
    public static let assumedWithoutHeader = ProtocolRevision.v20250326

    /// Where the state of an exchange in this revision lives.
    public var era: ProtocolEra {
        self < .v20260728 ? .legacy : .modern
    }

    /// The revision that answers an `initialize` asking for a version by name.
    public static func negotiated(requested: String) -> ProtocolRevision {
        guard let revision = ProtocolRevision(rawValue: requested), revision.era == .legacy else {
            return newestLegacy
        }
        return revision
    }
}

extension ProtocolRevision: Comparable {
    /// Whether a revision came out before another; their names are dates.
    public static func < (left: ProtocolRevision, right: ProtocolRevision) -> Bool {
        left.rawValue < right.rawValue
    }
}
