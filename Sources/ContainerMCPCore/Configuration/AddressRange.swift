// SPDX-License-Identifier: Apache-2.0

/// A range of addresses, or a single one, as `MCP_TRUSTED_PROXIES` names it.
package struct AddressRange: Sendable, Equatable {
    private let bytes: [UInt8]
    private let length: Int

    /// Reads a range, if it is one.
    ///
    /// - Parameter text: Such as `10.0.0.0/8` or `::1`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let bytes = HostName.addressBytes(String(first))
        else {
            return nil
        }
        let length = parts.count == 2 ? Int(parts[1]) : bytes.count * 8
        guard let length, (0...bytes.count * 8).contains(length) else { return nil }
        self.bytes = bytes
        self.length = length
    }

    /// Whether an address lies in it.
    package func contains(_ address: [UInt8]) -> Bool {
        guard address.count == bytes.count else { return false }
        for (index, byte) in bytes.enumerated() {
            let kept = min(max(length - index * 8, 0), 8)
            let mask = ~UInt8(truncatingIfNeeded: 0xFF >> kept)
            guard byte & mask == address[index] & mask else { return false }
        }
        return true
    }

    /// 4 or 16 bytes for an address written in the usual way, nil for everything else.
    ///
    /// An IPv4 address inside an IPv6 one counts as IPv4.
    package static func bytes(_ text: String) -> [UInt8]? {
        guard let bytes = HostName.addressBytes(text) else { return nil }
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return bytes.count == 16 && bytes.starts(with: mapped) ? Array(bytes.dropFirst(12)) : bytes
    }
}
