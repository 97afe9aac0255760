// SPDX-License-Identifier: Apache-2.0

/// One field of a form.
public struct ElicitationField: Sendable, Equatable {
    /// What the field takes.
    public enum Kind: Sendable, Equatable {
        /// Text, its length counted in Unicode scalars.
        case text(
            minLength: Int? = nil,
            maxLength: Int? = nil,
            format: ElicitationTextFormat? = nil,
            default: String? = nil
        )
        /// A whole number.
        case integer(range: ClosedRange<Int64>? = nil, default: Int64? = nil)
        /// Any number.
        case number(range: ClosedRange<Double>? = nil, default: Double? = nil)
        /// Yes or no.
        case boolean(default: Bool? = nil)
        /// One of several values, which may have titles; `legacyNames` writes them as `enumNames`.
        case choice([String], titles: [String]? = nil, legacyNames: Bool = false, default: String? = nil)
        /// Any of several values, which may have titles; from 2025-11-25 on.
        case choices([String], titles: [String]? = nil, default: [String]? = nil)
    }

    /// The name of the member that holds the answer.
    public let name: String
    /// Whether the form can't be sent without it.
    public let isRequired: Bool
    /// Its name for people.
    public let title: String?
    /// What to fill in.
    public let summary: String?
    /// What the field takes.
    public let kind: Kind

    /// Makes a field.
    public init(
        _ name: String,
        _ kind: Kind,
        isRequired: Bool = false,
        title: String? = nil,
        summary: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.title = title
        self.summary = summary
    }

    /// The JSON Schema of the field as a revision knows it.
    func schema(for revision: ProtocolRevision) -> JSONValue {
        var object = kind.schema(for: revision)
        object["title"] = title.map { .string($0) }
        object["description"] = summary.map { .string($0) }
        return .object(object)
    }
}
