// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore

/// Whose request it is where proxies stand between.
///
/// Only `X-Forwarded-For` is believed, only from proxies that the operator named, and only for telling who
/// failed to authenticate. `Forwarded`, `X-Forwarded-Proto` and `X-Forwarded-Host` are never looked at.
struct ClientAddress: Sendable {
    private let proxies: [AddressRange]
    /// How many hops are looked at, from this machine outwards.
    private static let maximumHops = 32

    init(_ settings: ServerSettings) {
        proxies = settings.trustedProxies.compactMap { AddressRange($0) }
    }

    /// The peer whose request it is: the last address, from this machine outwards, that is no proxy of ours.
    func client(of head: RequestHead, over peer: Peer) -> Peer {
        guard !proxies.isEmpty, let socket = Self.bytes(peer.address), isProxy(socket) else { return peer }
        let hops = head.fields.values("x-forwarded-for").flatMap { $0.split(separator: ",") }
        var last = peer.address
        for hop in hops.reversed().prefix(Self.maximumHops) {
            // What is behind a word that is no address could be anything.
            guard let address = Self.address(ASCIIText.trimmed(hop)), let bytes = Self.bytes(address) else {
                break
            }
            last = address
            guard isProxy(bytes) else { break }
        }
        return Peer(address: last, connection: peer.connection)
    }

    private func isProxy(_ address: [UInt8]) -> Bool {
        proxies.contains { $0.contains(address) }
    }

    /// 4 or 16 bytes for an address; nil for everything else.
    static func bytes(_ text: String) -> [UInt8]? {
        AddressRange.bytes(text)
    }

    /// An address without the port and brackets that some proxies write.
    private static func address(_ text: String) -> String? {
        if bytes(text) != nil { return text }
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : nil
    }
}
