// SPDX-License-Identifier: Apache-2.0

/// Where a server listens.
public enum ListeningPlace: Sendable, Equatable {
    /// An address and a port; the port is the real one, also where the settings said 0.
    case network(host: String, port: Int)
    /// An address and a port, with TLS.
    case secureNetwork(host: String, port: Int)
    /// A Unix socket.
    case socket(path: String)

    /// The beginning of the address that clients use, without a path; for a Unix socket its own path.
    public var base: String {
        switch self {
        case .network(let host, let port): "http://\(Self.written(host)):\(port)"
        case .secureNetwork(let host, let port): "https://\(Self.written(host)):\(port)"
        case .socket(let path): "unix:\(path)"
        }
    }

    private static func written(_ host: String) -> String {
        host.contains(":") ? "[\(host)]" : host
    }
}
