// SPDX-License-Identifier: Apache-2.0

/// A host name to compare by whole labels: `example.org` is that host, `*.example.org` all below it, `*` every host.
struct DomainPattern: Sendable, Hashable {
    private let labels: [[UInt8]]
    private let isBelow: Bool

    init(_ text: String) {
        let labels = Self.labels(text)
        isBelow = labels.first == [UInt8(ascii: "*")]
        self.labels = isBelow ? Array(labels.dropFirst()) : labels
    }

    func matches(_ host: String) -> Bool {
        let host = Self.labels(host)
        guard !host.isEmpty, host.allSatisfy({ !$0.isEmpty }) else { return false }
        guard isBelow else { return host == labels }
        return host.count > labels.count && host.suffix(labels.count).elementsEqual(labels)
    }

    /// The labels in lower case, without a trailing dot.
    private static func labels(_ text: String) -> [[UInt8]] {
        var bytes = text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
    }
}
