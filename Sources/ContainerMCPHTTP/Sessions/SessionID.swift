// SPDX-License-Identifier: Apache-2.0

/// The name of a session: whoever knows it can speak in it, so it can't be guessed and is never shown whole.
struct SessionID: Sendable, Hashable, CustomStringConvertible {
    /// The whole identifier, for the client.
    let text: String
    /// The beginning, for logs and limits.
    let short: String

    /// Makes an identifier of 128 random bits.
    ///
    /// - Parameter tag: What it begins with; tells replicas apart.
    init(tag: String?) {
        var generator = SystemRandomNumberGenerator()
        let words = [generator.next(), generator.next()] as [UInt64]
        let digits = words.map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }.joined()
        let prefix = tag.map { $0 + "-" } ?? ""
        text = prefix + digits
        short = prefix + digits.prefix(8)
    }

    /// The beginning only.
    var description: String { short }
}
