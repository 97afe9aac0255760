// SPDX-License-Identifier: Apache-2.0

/// The labels of one series as they stand between the braces, which also tells series apart.
struct LabelSet: Sendable, Hashable {
    /// UTF-8; empty where there are no labels.
    let bytes: [UInt8]

    /// Stands for all sets of one name that found no room.
    static let overflow = LabelSet(bytes: Array(#"overflow="true""#.utf8))

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Makes a set: sorted by name, the first of two equal names, and nothing that is empty, since Prometheus
    /// takes an empty label for none.
    ///
    /// - Parameters:
    ///   - dimensions: Names and values; anything.
    ///   - kind: What the series is; a label `le` of a histogram gets another name.
    ///   - limits: How much of them counts.
    init(_ dimensions: [(String, String)], for kind: MetricKind, limits: MetricLimits) {
        var values: [String: [UInt8]] = [:]
        for (text, value) in dimensions.prefix(limits.labels) {
            var name = MetricName.label(text, limit: limits.labelNameBytes)
            // The bound of a bucket is called so; the prefix is the one that Prometheus uses itself.
            if kind.isHistogram, name == "le" { name = "exported_le" }
            let value = Self.escaped(value, limit: limits.labelValueBytes, escapesQuotes: true)
            guard !value.isEmpty, values[name] == nil else { continue }
            values[name] = value
        }
        var bytes: [UInt8] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: name.utf8)
            bytes.append(contentsOf: "=\"".utf8)
            bytes.append(contentsOf: value)
            bytes.append(UInt8(ascii: "\""))
        }
        self.bytes = bytes
    }

    /// A text as it stands in a line.
    ///
    /// Backslash, line feed and, in the value of a label, the quotation mark are escaped. Other control
    /// characters are replaced, since readers differ in what they make of them.
    ///
    /// - Parameters:
    ///   - text: Anything.
    ///   - limit: How many bytes of it count; the last character is whole.
    ///   - escapesQuotes: False for descriptions.
    /// - Returns: UTF-8.
    static func escaped(_ text: String, limit: Int, escapesQuotes: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        var used = 0
        for scalar in text.unicodeScalars {
            let isControl = (scalar.value < 0x20 && scalar != "\n") || (0x7F...0x9F).contains(scalar.value)
            let shown: Unicode.Scalar = isControl ? "\u{FFFD}" : scalar
            used += UTF8.width(shown)
            guard used <= limit else { break }
            switch shown {
            case "\\": bytes.append(contentsOf: #"\\"#.utf8)
            case "\n": bytes.append(contentsOf: #"\n"#.utf8)
            case "\"" where escapesQuotes: bytes.append(contentsOf: #"\""#.utf8)
            default: bytes.append(contentsOf: UTF8.encode(shown) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return bytes
    }
}

extension LabelSet: Comparable {
    /// Orders sets by their bytes.
    static func < (one: LabelSet, other: LabelSet) -> Bool {
        one.bytes.lexicographicallyPrecedes(other.bytes)
    }
}
