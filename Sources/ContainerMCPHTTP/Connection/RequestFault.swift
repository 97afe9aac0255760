// SPDX-License-Identifier: Apache-2.0

/// Why a request is refused before it is understood; the connection ends with it.
enum RequestFault: Error, Sendable, Equatable {
    /// The grammar is broken, or the length of the body can be read in two ways.
    case malformed(String)
    case targetTooLong
    case headTooLarge
    case bodyTooLarge
    case versionNotSupported
    case expectationNotMet

    var status: Int {
        switch self {
        case .malformed: 400
        case .targetTooLong: 414
        case .headTooLarge: 431
        case .bodyTooLarge: 413
        case .versionNotSupported: 505
        case .expectationNotMet: 417
        }
    }

    /// For the client; holds nothing of what it sent.
    var reason: String {
        switch self {
        case .malformed(let reason): reason
        case .targetTooLong: "the request line is too long"
        case .headTooLarge: "the header fields are too large or too many"
        case .bodyTooLarge: "the body is too large"
        case .versionNotSupported: "only HTTP/1.1 and HTTP/1.0 are served"
        case .expectationNotMet: "only the expectation 100-continue can be met"
        }
    }
}
