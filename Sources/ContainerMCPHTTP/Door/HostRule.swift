// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore

/// Which names a client may know the server by: a web page can point a name of its own at this machine, and
/// would then talk to the server as if it were its own.
struct HostRule: Sendable {
    struct Fault: Sendable, Equatable {
        let status: Int
        let reason: String
    }

    /// In lower case, IPv6 addresses without brackets; nil where any name will do.
    private let allowed: Set<String>?

    init(_ settings: Settings) {
        let isChosen = settings.origin(of: "MCP_ALLOWED_HOSTS").map { $0 != .default } ?? false
        // On a wide address every client has to prove who it is, and a page knows no token.
        allowed = settings.server.isLoopback || isChosen ? Set(settings.server.allowedHosts) : nil
    }

    /// What is wrong with the host of a request.
    func fault(_ fields: HeaderFields) -> Fault? {
        guard let value = fields.only("host"), let name = Self.name(value) else {
            return Fault(status: 400, reason: "the header Host is missing, repeated or malformed")
        }
        guard let allowed, !allowed.contains(name) else { return nil }
        return Fault(status: 421, reason: "the server is not known by this host name")
    }

    /// The name without the port, in lower case and without brackets.
    static func name(_ value: String) -> String? {
        let bytes = Array(value.utf8)
        let end: Int
        let name: ArraySlice<UInt8>
        if bytes.first == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            name = bytes[1..<bracket]
            guard
                name.allSatisfy({
                    ASCIIText.hexDigit($0) != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
                })
            else { return nil }
            end = bracket + 1
        } else {
            end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            name = bytes[..<end]
            guard name.allSatisfy({ ASCIIText.isToken($0) }) else { return nil }
        }
        let port = bytes[end...]
        guard !name.isEmpty, port.isEmpty || (port.first == UInt8(ascii: ":") && port.count <= 6),
            port.dropFirst().allSatisfy(ASCIIText.isDigit)
        else { return nil }
        return String(decoding: name, as: UTF8.self).lowercased()
    }
}
