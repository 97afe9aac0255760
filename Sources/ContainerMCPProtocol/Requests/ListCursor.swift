// SPDX-License-Identifier: Apache-2.0

/// Where the next page of a list begins, in a form that needs no memory on the server.
///
/// The cursor holds the position and a fingerprint of the list, so that it outlives a reconnect and is
/// refused once the list has changed.
public struct ListCursor: Sendable, Equatable {
    /// The position of the first item of the page.
    public let position: Int
    private let fingerprint: UInt64

    /// No cursor of ours is longer: 16 digits, a dot, 19 digits.
    private static let longestText = 36

    /// Makes a cursor for a list.
    ///
    /// - Parameters:
    ///   - position: The position of the first item of the page.
    ///   - names: The names of all items, in order.
    public init(position: Int, in names: [String]) {
        self.position = position
        self.fingerprint = Self.fingerprint(of: names)
    }

    /// The cursor as clients see it.
    public var text: String { "\(String(fingerprint, radix: 16)).\(position)" }

    /// One page of a list.
    ///
    /// - Parameters:
    ///   - items: All items, in a stable order.
    ///   - cursor: What the client sent; nil is the beginning, and an empty string is a cursor like any
    ///     other.
    ///   - size: How many items a page has at most, at least 1.
    ///   - name: The name of an item.
    /// - Returns: The items, and the cursor of the next page unless this is the last.
    /// - Throws: `-32602` if the cursor does not belong to this list.
    public static func page<Item>(
        of items: [Item],
        from cursor: String?,
        size: Int,
        name: (Item) -> String
    ) throws(JSONRPCError) -> (items: [Item], next: String?) {
        let names = items.map(name)
        let size = max(size, 1)
        var start = 0
        if let cursor {
            guard
                cursor.utf8.count <= longestText,
                let position = cursor.split(separator: ".").last.flatMap({ Int($0) }),
                items.indices.contains(position),
                ExactText.isSame(ListCursor(position: position, in: names).text, cursor)
            else {
                throw .invalidParams("the cursor does not belong to this list; start again without one")
            }
            start = position
        }
        let end = start + min(size, items.count - start)
        let next = end < items.count ? ListCursor(position: end, in: names).text : nil
        return (Array(items[start..<end]), next)
    }

    /// FNV-1a over the names, each closed by a byte that no UTF-8 holds; the same in every process.
    private static func fingerprint(of names: [String]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for name in names {
            for byte in name.utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        return hash
    }
}
