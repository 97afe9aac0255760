// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// How deep arrays and objects may be nested unless a caller says otherwise.
    public static let defaultMaximumDepth = 128

    /// Parses one JSON text strictly.
    ///
    /// Refused are, beyond what breaks the grammar: duplicate keys, a byte order mark, invalid UTF-8, half
    /// surrogate pairs, integers beyond 64 bits, numbers beyond a double, more than 1,048,576 values. Takes
    /// time in proportion to the length.
    ///
    /// - Parameters:
    ///   - bytes: The text in UTF-8.
    ///   - maximumDepth: How deep arrays and objects may be nested, 0 to 512.
    /// - Throws: ``JSONParsingError`` with the kind of the fault and its offset.
    public init(
        parsing bytes: Span<UInt8>,
        maximumDepth: Int = JSONValue.defaultMaximumDepth
    ) throws(JSONParsingError) {
        var parser = JSONParser(maximumDepth: maximumDepth)
        self = try parser.document(bytes)
    }

    /// Parses one JSON text strictly.
    ///
    /// - Parameters:
    ///   - bytes: The text in UTF-8.
    ///   - maximumDepth: How deep arrays and objects may be nested, 0 to 512.
    /// - Throws: ``JSONParsingError`` with the kind of the fault and its offset.
    public init(
        parsing bytes: [UInt8],
        maximumDepth: Int = JSONValue.defaultMaximumDepth
    ) throws(JSONParsingError) {
        try self.init(parsing: bytes.span, maximumDepth: maximumDepth)
    }

    /// Parses one JSON text strictly.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - maximumDepth: How deep arrays and objects may be nested, 0 to 512.
    /// - Throws: ``JSONParsingError`` with the kind of the fault and its offset.
    public init(
        parsing text: String,
        maximumDepth: Int = JSONValue.defaultMaximumDepth
    ) throws(JSONParsingError) {
        try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
    }
}
