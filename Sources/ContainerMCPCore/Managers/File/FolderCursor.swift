// SPDX-License-Identifier: Apache-2.0

/// Where a listing ended, so that the next one goes on there without anything being kept in between.
///
/// It holds the last path that was answered and a fingerprint of what was listed. The client may change it:
/// then it names another place to start in the same folder, or it is refused.
struct FolderCursor {
    /// The path of the last entry, below the listed folder.
    let last: String
    /// The text for the client.
    let text: String

    /// Makes the cursor of a listing that ended with an entry.
    init(last: String, listing: ListFolder) {
        self.last = last
        text = Base64.encode(Array("1\n\(Self.fingerprint(of: listing))\n\(last)".utf8)[...])
    }

    /// Reads the cursor of a listing; nil if there is none.
    ///
    /// - Throws: ``ToolError`` with code `invalidArgument` if it belongs to another listing, or was never
    ///   ours.
    init?(of listing: ListFolder) throws(ToolError) {
        guard let text = listing.cursor else { return nil }
        guard text.utf8.count <= 8_192, let bytes = Base64.decode(text),
            let content = String(validating: bytes, as: UTF8.self)
        else { throw Self.refusal }
        let parts = content.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "1", parts[1] == Self.fingerprint(of: listing) else {
            throw Self.refusal
        }
        last = String(parts[2])
        self.text = text
    }

    private static let refusal = ToolError(
        .invalidArgument,
        "The cursor does not belong to this path and pattern; send 'next_cursor' as it was, or no cursor to start over."
    )

    /// FNV-1a, 64 bits, over what is listed.
    ///
    /// It guards against mistakes, not against attacks, for a cursor opens nothing.
    private static func fingerprint(of listing: ListFolder) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(listing.path)\n\(listing.pattern?.text ?? "")".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return String(hash, radix: 16)
    }
}
