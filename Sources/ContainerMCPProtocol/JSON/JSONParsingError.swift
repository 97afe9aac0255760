// SPDX-License-Identifier: Apache-2.0

/// Why a text was refused as JSON, and where.
public struct JSONParsingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of a refusal.
    public enum Kind: String, Sendable, CaseIterable {
        /// The text breaks the grammar of RFC 8259.
        case syntax
        /// Arrays and objects are nested deeper than allowed.
        case tooDeep
        /// One object has the same key twice.
        case duplicateKey
        /// Bytes that are no UTF-8, or an escape that names half of a surrogate pair.
        case invalidUnicode
        /// An integer beyond 64 bits, a number beyond a double, or one written with more than 1,024
        /// characters.
        case numberOutOfRange
        /// More than 1,048,576 values in one text: each takes far more memory than its two characters.
        case tooManyValues
    }

    /// The kind of the refusal.
    public let kind: Kind
    /// The offset in bytes at which it was noticed, from 0.
    public let offset: Int
    /// What was found, in words; holds nothing of the text itself.
    public let reason: String

    /// Makes an error.
    public init(_ kind: Kind, at offset: Int, _ reason: String) {
        self.kind = kind
        self.offset = offset
        self.reason = reason
    }

    /// Whether the text is JSON all the same, only beyond what is accepted here.
    public var isValidJSON: Bool {
        switch kind {
        case .syntax, .invalidUnicode: false
        case .tooDeep, .duplicateKey, .numberOutOfRange, .tooManyValues: true
        }
    }

    /// The reason and the place, for logs and error messages.
    public var description: String { "\(reason) at byte \(offset)" }
}
