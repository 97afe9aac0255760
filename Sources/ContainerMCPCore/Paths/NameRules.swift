// SPDX-License-Identifier: Apache-2.0

/// What a name of a file or folder may be, whoever made it.
enum NameRules {
    /// The most bytes of a name.
    static let maxBytes = 255

    /// Says what is wrong with a name, to follow "the path"; nil if nothing is.
    static func fault(in name: some StringProtocol) -> String? {
        if name.utf8.count > maxBytes { return "has a name of more than 255 bytes" }
        if name == ".." { return "goes up with '..'; paths start at the workspace and only go down" }
        var last: Unicode.Scalar?
        for scalar in name.unicodeScalars {
            if scalar == "\\" { return "has a backslash; folders are separated by '/'" }
            if isHidden(scalar) { return "has a control or an invisible character" }
            last = scalar
        }
        if let last, last == "." || last.properties.isWhitespace {
            return "has a name that ends with a dot or a space"
        }
        if hasEncodedSeparator(name) { return "has a percent-encoded character; write the name itself" }
        if !CanonicalCompositions.isComposed(String(name)) {
            return "has a decomposed character; write it in Unicode normalization form C"
        }
        return nil
    }

    /// Tells whether a name found on disk is one that a caller could give back.
    static func isNameable(_ name: String) -> Bool {
        !name.isEmpty && name != "." && fault(in: name) == nil
    }

    /// Controls, line separators, bidirectional controls and everything else that takes no room.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
        default: return properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint
        }
    }

    /// Finds `%00`, `%2e`, `%2F`, `%5c`, `%25` and their like.
    ///
    /// As a name they are harmless here, but only text that is meant for something that decodes them holds
    /// them, so they are refused before that something is found.
    private static func hasEncodedSeparator(_ name: some StringProtocol) -> Bool {
        let bytes = Array(name.utf8)
        guard bytes.count >= 3 else { return false }
        for index in 0..<(bytes.count - 2) where bytes[index] == 0x25 {
            guard let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2]) else { continue }
            switch high << 4 | low {
            // Controls, `%`, `.`, `/`, `\`, and the first bytes of overlong forms of them.
            case 0..<0x20, 0x25, 0x2E, 0x2F, 0x5C, 0x7F, 0xC0, 0xC1: return true
            default: continue
            }
        }
        return false
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
