// SPDX-License-Identifier: Apache-2.0

/// The form of a text, or of one word of a list.
public enum SettingForm: String, Sendable, Equatable, CaseIterable {
    /// An address to listen on.
    case listenAddress
    /// A host name or address without a port.
    case host
    /// A web origin.
    case origin
    /// A range of addresses.
    case network
    /// A range of addresses or a single one.
    case networkOrAddress
    /// The name of a program.
    case program
    /// The ending of a file's name.
    case fileExtension
    /// A domain pattern.
    case domain
    /// An http or https address.
    case webAddress
    /// An https address; http for loopback names.
    case secureAddress
    /// An https address or the path of a file.
    case secureAddressOrFile
    /// The address of a proxy.
    case proxyAddress
    /// A path below which everything is served.
    case pathPrefix
    /// A short tag.
    case tag
    /// A word of printable ASCII.
    case token
    /// A line of printable ASCII.
    case line

    /// What a text of this form looks like, for errors and documentation.
    public var expectation: String {
        switch self {
        case .listenAddress: "an IPv4 or IPv6 address or a host name, without a port"
        case .host: "a host name or address, without a port"
        case .origin: "scheme://host, scheme://host:port, or scheme://host:* for any port, with http or https"
        case .network: "an address range such as 10.0.0.0/8 or fd00::/8"
        case .networkOrAddress: "an address such as 10.0.0.1 or a range such as 10.0.0.0/8"
        case .program: "a program's name without a path"
        case .fileExtension: "an ending of 1 to 16 letters, digits, _, + or -"
        case .domain: "a domain such as example.com, *.example.com for its subdomains, or * for all"
        case .webAddress: "an http or https address without user name, query or fragment"
        case .secureAddress: "an https address (http only for loopback) without user name, query or fragment"
        case .secureAddressOrFile: "an https address (http only for loopback) or the path of a file"
        case .proxyAddress: "http://host:port or https://host:port"
        case .pathPrefix:
            "a path such as /tools: segments of letters, digits, ., _, ~ and -, no slash at the end"
        case .tag: "1 to 16 lower-case letters and digits"
        case .token: "1 to 4,096 printable ASCII characters without blanks"
        case .line: "1 to 256 printable ASCII characters"
        }
    }
}
