// SPDX-License-Identifier: Apache-2.0

/// The first line of a request.
struct RequestLine: Sendable, Equatable {
    let method: String
    let path: String
    let query: String?
    let isCurrent: Bool

    /// Reads a line without its end.
    ///
    /// Only a target that begins with a slash, and `*`, is accepted: an absolute one could name another
    /// host than the header field `Host`.
    init(_ bytes: [UInt8]) throws(RequestFault) {
        let parts = bytes.split(separator: ASCIIText.space, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].count <= 32,
            parts[0].allSatisfy(ASCIIText.isUpper)
        else {
            throw .malformed("the request line is malformed")
        }
        let target = parts[1]
        guard target.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }),
            target.first == UInt8(ascii: "/") || target.elementsEqual("*".utf8)
        else { throw .malformed("the target of the request is malformed") }
        if parts[2].elementsEqual("HTTP/1.1".utf8) {
            isCurrent = true
        } else if parts[2].elementsEqual("HTTP/1.0".utf8) {
            isCurrent = false
        } else if parts[2].starts(with: "HTTP/".utf8), parts[2].count == 8 {
            throw .versionNotSupported
        } else {
            throw .malformed("the request line is malformed")
        }
        method = String(decoding: parts[0], as: UTF8.self)
        let pieces = target.split(
            separator: UInt8(ascii: "?"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        path = String(decoding: pieces[0], as: UTF8.self)
        query = pieces.count == 2 ? String(decoding: pieces[1], as: UTF8.self) : nil
    }
}
