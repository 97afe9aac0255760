// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// The value as compact JSON in UTF-8, on one line and without a newline.
    ///
    /// Members keep their order; control characters are escaped and nothing else that need not be. Numbers
    /// that JSON can't express become `null`, and so do arrays and objects nested more than 1,024 deep.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.output
    }

    /// Appends the value as compact JSON to a buffer.
    public func encode(into buffer: inout [UInt8]) {
        var writer = JSONWriter(output: buffer)
        buffer = []
        writer.write(self)
        buffer = writer.output
    }

    /// The value as compact JSON, on one line.
    public func encodedString() -> String {
        String(decoding: encoded(), as: UTF8.self)
    }

    /// The value as JSON over several lines, for people; without a newline at the end.
    public func prettyPrinted() -> String {
        var writer = JSONWriter()
        writer.writePretty(self)
        return String(decoding: writer.output, as: UTF8.self)
    }
}
