// SPDX-License-Identifier: Apache-2.0

/// An http or https address in a setting, taken apart strictly.
struct SettingURL {
    let scheme: String
    let host: String
    let port: Int?
    let path: String
    let hasUserInfo: Bool
    let text: String

    init(_ original: String) throws(SettingFault) {
        let hides = original.contains("@")
        guard original.utf8.count <= 2_048,
            original.utf8.allSatisfy({ SettingText.isVisible($0) && $0 != SettingText.backslash })
        else {
            throw SettingFault(
                reason: "holds blanks or backslashes, or is longer than 2,048 bytes",
                hidesValue: hides
            )
        }
        let parts = original.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let scheme = SettingText.lowercased(parts[0])
        guard parts.count == 2, scheme == "http" || scheme == "https", parts[1].hasPrefix("//") else {
            throw SettingFault(reason: "begins neither with http:// nor with https://", hidesValue: hides)
        }
        let rest = parts[1].dropFirst(2)
        let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        let user = authority.lastIndex(of: "@").map { authority[...$0] } ?? ""
        authority =
            authority[
                (authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex)...
            ]
        let (hostText, portText) = Self.split(authority)
        guard let host = HostName.normalized(hostText), hostText.hasPrefix("[") == host.contains(":") else {
            throw SettingFault(reason: "has no valid host name", hidesValue: hides)
        }
        let port = portText.flatMap { $0.utf8.allSatisfy(SettingText.isDigit) ? Int($0) : nil }
        guard portText == nil || port.map((1...65_535).contains) == true else {
            throw SettingFault(reason: "has no valid port", hidesValue: hides)
        }
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = String(rest[authorityEnd...])
        self.hasUserInfo = !user.isEmpty
        let shownHost = host.contains(":") ? "[\(host)]" : host
        self.text = "\(scheme)://\(user)\(shownHost)\(port.map { ":\($0)" } ?? "")\(path)"
    }

    /// Whoever reads this address in a log must not find a password in it.
    func requirePlain() throws(SettingFault) -> SettingURL {
        guard !hasUserInfo else {
            throw SettingFault(reason: "holds a user name or password; remove it", hidesValue: true)
        }
        guard !path.contains("?"), !path.contains("#") else {
            throw SettingFault(reason: "holds a query or a fragment; remove it", hidesValue: true)
        }
        return self
    }

    func requireSecure() throws(SettingFault) -> SettingURL {
        guard scheme == "https" || HostName.isLoopback(host) else {
            throw SettingFault(reason: "is http for a host that is not loopback; use https")
        }
        return self
    }

    private static func split(_ authority: Substring) -> (host: String, port: String?) {
        let searched = authority.lastIndex(of: "]").map { authority[$0...] } ?? authority
        guard let colon = searched.firstIndex(of: ":") else { return (String(authority), nil) }
        return (String(authority[..<colon]), String(authority[authority.index(after: colon)...]))
    }
}
