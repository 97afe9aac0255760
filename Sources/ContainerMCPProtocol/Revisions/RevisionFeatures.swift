// SPDX-License-Identifier: Apache-2.0

/// What messages of a revision may contain.
public struct RevisionFeatures: OptionSet, Sendable, Hashable {
    /// The features as bits.
    public let rawValue: Int

    /// Makes a set from its bits.
    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// Several messages in one JSON array.
    public static let batches = RevisionFeatures(rawValue: 1 << 0)
    /// Content blocks of type `audio`.
    public static let audioContent = RevisionFeatures(rawValue: 1 << 1)
    /// Hints about what a tool does.
    public static let toolAnnotations = RevisionFeatures(rawValue: 1 << 2)
    /// A text beside the number in progress notifications.
    public static let progressMessage = RevisionFeatures(rawValue: 1 << 3)
    /// The capability `completions`; the method is older.
    public static let completionsCapability = RevisionFeatures(rawValue: 1 << 4)
    /// Content blocks of type `resource_link`.
    public static let resourceLinks = RevisionFeatures(rawValue: 1 << 5)
    /// Titles, and `_meta` on single items.
    public static let titles = RevisionFeatures(rawValue: 1 << 6)
    /// Output schemas and structured content, where both are objects.
    public static let structuredContent = RevisionFeatures(rawValue: 1 << 7)
    /// The annotation `lastModified`.
    public static let lastModified = RevisionFeatures(rawValue: 1 << 8)
    /// Icons, and the description and web site of the server.
    public static let icons = RevisionFeatures(rawValue: 1 << 9)
    /// Output schemas and structured content of any JSON type.
    public static let anyStructuredContent = RevisionFeatures(rawValue: 1 << 10)
    /// The members `resultType`, `ttlMs`, `cacheScope`, and the server's name in each result.
    public static let resultEnvelope = RevisionFeatures(rawValue: 1 << 11)
    /// The capability `extensions`.
    public static let extensions = RevisionFeatures(rawValue: 1 << 12)
    /// `true` and `false` in place of a property's schema.
    public static let booleanPropertySchemas = RevisionFeatures(rawValue: 1 << 13)
    /// Error responses that leave out an id that could not be read.
    public static let errorsWithoutID = RevisionFeatures(rawValue: 1 << 14)
    /// Questions to the user.
    public static let elicitation = RevisionFeatures(rawValue: 1 << 15)
    /// Questions in a form or by an address; defaults for every kind of field, several choices in one.
    public static let elicitationModes = RevisionFeatures(rawValue: 1 << 16)
    /// An identifier on each question by an address.
    public static let elicitationIDs = RevisionFeatures(rawValue: 1 << 17)
    /// Results that ask before they are complete.
    public static let inputRequired = RevisionFeatures(rawValue: 1 << 18)
    /// The arguments given so far, when one is completed.
    public static let completionContext = RevisionFeatures(rawValue: 1 << 19)
    /// Tasks as a part of the protocol itself.
    public static let coreTasks = RevisionFeatures(rawValue: 1 << 20)
    /// Tasks as an extension.
    public static let taskExtension = RevisionFeatures(rawValue: 1 << 21)
}

extension ProtocolRevision {
    /// What messages of this revision may contain.
    public var features: RevisionFeatures {
        var features: RevisionFeatures = []
        if self == .v20250326 { features.insert(.batches) }
        if self >= .v20250326 {
            features.formUnion([.audioContent, .toolAnnotations, .progressMessage, .completionsCapability])
        }
        if self >= .v20250618 {
            features.formUnion([.resourceLinks, .titles, .structuredContent, .lastModified])
            features.formUnion([.elicitation, .completionContext])
        }
        if self >= .v20251125 {
            features.formUnion([.icons, .errorsWithoutID, .elicitationModes])
        }
        if self == .v20251125 {
            features.formUnion([.elicitationIDs, .coreTasks])
        }
        if self >= .v20260728 {
            features.formUnion([.anyStructuredContent, .resultEnvelope, .extensions, .booleanPropertySchemas])
            features.formUnion([.inputRequired, .taskExtension])
        }
        return features
    }

    /// Whether messages of this revision may contain something.
    public func has(_ feature: RevisionFeatures) -> Bool {
        features.isSuperset(of: feature)
    }
}
