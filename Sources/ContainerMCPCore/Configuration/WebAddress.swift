// SPDX-License-Identifier: Apache-2.0

/// An http or https address, taken apart as the settings take it apart: no user name, query or fragment.
package struct WebAddress: Sendable, Equatable {
    /// `http` or `https`.
    package let scheme: String
    /// In lower case, IPv6 without brackets.
    package let host: String
    /// The port that is connected to.
    package let port: Int
    /// Empty, or begins with a slash.
    package let path: String
    /// Scheme, host and, where it was written, port.
    package let origin: String
    /// The whole address in its one form.
    package let text: String

    /// Reads an address, if it is one and has no parts that it may not have.
    package init?(_ text: String) {
        guard let url = try? SettingURL(text).requirePlain() else { return nil }
        scheme = url.scheme
        host = url.host
        port = url.port ?? (url.scheme == "https" ? 443 : 80)
        path = url.path
        self.text = url.text
        origin = String(url.text.dropLast(url.path.count))
    }

    /// Whether nobody can read or change on the way what comes from it: https, or this machine.
    package var isSecure: Bool { scheme == "https" || HostName.isLoopback(host) }

    /// Whether the host is an address, not a name.
    package var isNumeric: Bool { HostName.addressBytes(host) != nil }
}
