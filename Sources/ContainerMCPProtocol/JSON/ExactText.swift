// SPDX-License-Identifier: Apache-2.0

/// A string that equals another only when both have the same bytes.
///
/// Swift compares strings by canonical equivalence, so the Kelvin sign equals the letter K. A key or an
/// identifier that passes a check in one spelling must not be found in another one.
struct ExactText: Hashable, Sendable {
    let text: String

    static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
    }

    static func == (left: ExactText, right: ExactText) -> Bool {
        isSame(left.text, right.text)
    }

    func hash(into hasher: inout Hasher) {
        Self.hash(text, into: &hasher)
    }

    /// Feeds the bytes; the string's own hash would normalise them first, which costs time a stranger can
    /// choose.
    static func hash(_ text: String, into hasher: inout Hasher) {
        let bytes = text.utf8Span.span
        hasher.combine(bytes.count)
        // The buffer is read only inside the call, while the string that lends it is alive.
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe hasher.combine(bytes: buffer)
        }
    }
}
