// SPDX-License-Identifier: Apache-2.0

extension SettingForm {
    /// The one way to write this text, or why it does not have this form.
    func normalized(_ text: String) throws(SettingFault) -> String {
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw SettingFault(reason: "only ASCII is allowed; write names of domains in their xn-- form")
        }
        switch self {
        case .listenAddress: return try Self.listenAddress(text)
        case .host: return try Self.host(text)
        case .origin: return try Self.origin(text)
        case .network: return try Self.network(text, allowsAddress: false)
        case .networkOrAddress: return try Self.network(text, allowsAddress: true)
        case .program: return try Self.program(text)
        case .fileExtension: return try Self.fileExtension(text)
        case .domain: return try Self.domain(text)
        case .webAddress: return try SettingURL(text).requirePlain().text
        case .secureAddress, .secureAddressOrFile:
            return try SettingURL(text).requirePlain().requireSecure().text
        case .proxyAddress: return try Self.proxy(text)
        case .pathPrefix: return try Self.pathPrefix(text)
        case .tag: return try Self.tag(text)
        case .token:
            guard text.utf8.count <= 4_096, text.utf8.allSatisfy(SettingText.isVisible) else { break }
            return text
        case .line:
            guard text.utf8.count <= 256 else { break }
            return text
        }
        throw SettingFault(reason: "not " + expectation)
    }

    /// `localhost` is what the hosts file or a name server says; the loopback address is what is meant.
    private static func listenAddress(_ text: String) throws(SettingFault) -> String {
        let name = try host(text)
        return name == "localhost" ? "127.0.0.1" : name
    }

    private static func host(_ text: String) throws(SettingFault) -> String {
        guard let host = HostName.normalized(text) else {
            throw SettingFault(
                reason: text == "*" ? "* is not allowed here; name the hosts" : "not " + Self.host.expectation
            )
        }
        return host
    }

    private static func origin(_ text: String) throws(SettingFault) -> String {
        let hasWildcard = text.hasSuffix(":*")
        guard let url = try? SettingURL(hasWildcard ? String(text.dropLast(2)) : text), url.path.isEmpty,
            !url.hasUserInfo, !hasWildcard || url.port == nil
        else {
            throw SettingFault(reason: "not " + Self.origin.expectation, hidesValue: text.contains("@"))
        }
        return url.text + (hasWildcard ? ":*" : "")
    }

    private static func network(_ text: String, allowsAddress: Bool) throws(SettingFault) -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, let bytes = HostName.addressBytes(String(first)) else {
            throw SettingFault(
                reason: "not " + (allowsAddress ? Self.networkOrAddress : Self.network).expectation
            )
        }
        if parts.count == 1, allowsAddress { return SettingText.lowercased(text) }
        guard parts.count == 2, !parts[1].isEmpty, parts[1].utf8.allSatisfy(SettingText.isDigit),
            let length = Int(parts[1]), length <= bytes.count * 8
        else {
            throw SettingFault(
                reason:
                    "has no length from /0 to /\(bytes.count * 8); a single address is \(first)/\(bytes.count * 8)"
            )
        }
        for (index, byte) in bytes.enumerated() {
            let kept = min(max(length - index * 8, 0), 8)
            guard byte & UInt8(truncatingIfNeeded: 0xFF >> kept) == 0 else {
                throw SettingFault(reason: "has bits set behind its length of /\(length)")
            }
        }
        return SettingText.lowercased(text)
    }

    private static func program(_ text: String) throws(SettingFault) -> String {
        guard text != "*" else {
            throw SettingFault(reason: "* is no program; COMMAND_RESTRICTED=false allows every program")
        }
        let extra = Array("._+-[".utf8)
        guard text.utf8.count <= 255, text != ".", text != "..", text.utf8.first != UInt8(ascii: "-"),
            text.utf8.allSatisfy({ SettingText.isLetter($0) || SettingText.isDigit($0) || extra.contains($0) }
            )
        else {
            throw SettingFault(reason: "not " + Self.program.expectation)
        }
        return text
    }

    /// A leading dot is habit; letters are compared in lower case everywhere.
    private static func fileExtension(_ text: String) throws(SettingFault) -> String {
        let word = SettingText.lowercased(text.hasPrefix(".") ? text.dropFirst() : Substring(text))
        let extra = Array("_+-".utf8)
        guard (1...16).contains(word.utf8.count),
            word.utf8.allSatisfy({
                SettingText.isLowerLetter($0) || SettingText.isDigit($0) || extra.contains($0)
            })
        else {
            throw SettingFault(
                reason: text == "*"
                    ? "* is no ending; list the endings" : "not " + Self.fileExtension.expectation
            )
        }
        return word
    }

    private static func domain(_ text: String) throws(SettingFault) -> String {
        guard text != "*" else { return text }
        let isWildcard = text.hasPrefix("*.")
        var name = SettingText.lowercased(isWildcard ? text.dropFirst(2) : Substring(text))
        if name.hasSuffix(".") { name.removeLast() }
        guard HostName.isName(name) else { throw SettingFault(reason: "not " + Self.domain.expectation) }
        return (isWildcard ? "*." : "") + name
    }

    private static func proxy(_ text: String) throws(SettingFault) -> String {
        let url = try SettingURL(text)
        guard url.path.isEmpty || url.path == "/" else {
            throw SettingFault(reason: "not " + Self.proxyAddress.expectation, hidesValue: true)
        }
        return url.text
    }

    private static func pathPrefix(_ text: String) throws(SettingFault) -> String {
        let extra = Array("._~-".utf8)
        let segments = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text.utf8.count <= 256, segments.count > 1, segments[0].isEmpty,
            segments.dropFirst().allSatisfy({ segment in
                !segment.isEmpty && segment != "." && segment != ".."
                    && segment.utf8.allSatisfy {
                        SettingText.isLetter($0) || SettingText.isDigit($0) || extra.contains($0)
                    }
            })
        else {
            throw SettingFault(reason: "not " + Self.pathPrefix.expectation)
        }
        return text
    }

    private static func tag(_ text: String) throws(SettingFault) -> String {
        guard (1...16).contains(text.utf8.count),
            text.utf8.allSatisfy({ SettingText.isLowerLetter($0) || SettingText.isDigit($0) })
        else {
            throw SettingFault(reason: "not " + Self.tag.expectation)
        }
        return text
    }
}
