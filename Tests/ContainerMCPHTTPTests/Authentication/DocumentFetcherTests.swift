// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
@testable import ContainerMCPHTTP
import NIOCore
import Glibc
import NIOSSL
import Testing

@Suite struct DocumentFetcherTests {
    private func fault(
        _ answer: AuthorizationServer.Answer,
        fetcher: DocumentFetcher? = nil
    ) async throws -> String? {
        try await AuthorizationServer.run { server async throws in
            server.answer("/x", answer)
            let address = try #require(WebAddress(server.base + "/x"))
            let fetcher = try fetcher ?? DocumentFetcher(authorities: [])
            do {
                _ = try await fetcher.get(address)
                return nil
            } catch let fault as KeyFault {
                return fault.reason
            }
        }
    }

    @Test func `a document comes with its headers`() async throws {
        try await AuthorizationServer.run { server async throws in
            server.answer("/x", .document(Array("abc".utf8), fields: ["Cache-Control: max-age=7"]))
            let address = try #require(WebAddress(server.base + "/x"))
            let document = try await DocumentFetcher(authorities: []).get(address)
            #expect(document == .init(body: Array("abc".utf8), cacheControl: "max-age=7"))
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308, 204, 404, 500])
    func `nothing but a plain answer is taken, and no redirect followed`(status: Int) async throws {
        let fault = try await fault(.status(status, fields: ["Location: /y"]))
        #expect(fault == "answers with status \(status)")
    }

    @Test func `an answer without end is cut off`() async throws {
        #expect(try await fault(.flood) == "answers with more than 1048576 bytes")
        let large = [UInt8](repeating: 0x20, count: (1 << 20) + 1)
        #expect(try await fault(.document(large)) == "answers with more than 1048576 bytes")
        #expect(try await fault(.document(Array(large.dropLast()))) == nil)
    }

    @Test func `a compressed answer is refused`() async throws {
        let answer = AuthorizationServer.Answer.document([0x1F, 0x8B], fields: ["Content-Encoding: gzip"])
        #expect(try await fault(answer) == "answers in a compressed form")
    }

    @Test func `a server that says nothing is given up`() async throws {
        let fetcher = try DocumentFetcher(authorities: [], timeout: .milliseconds(50))
        #expect(try await fault(.silence, fetcher: fetcher)?.hasPrefix("did not answer") == true)
    }

    @Test(arguments: ["hello\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", "\u{16}\u{3}\u{1}"])
    func `a broken answer is refused`(text: String) async throws {
        #expect(try await fault(.raw(Array(text.utf8))) != nil)
    }

    @Test func `a server that is not there is told as such`() async throws {
        // Bound and not listening, so that nobody else gets the port meanwhile.
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(socket >= 0)
        defer { close(socket) }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &place) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(socket, address, length) == 0 && getsockname(socket, address, &length) == 0
            }
        }
        try #require(isBound)
        let port = UInt16(bigEndian: place.sin_port)
        let address = try #require(WebAddress("http://127.0.0.1:\(port)"))
        await #expect(throws: KeyFault("can't be connected to")) {
            try await DocumentFetcher(authorities: []).get(address)
        }
    }

    @Test func `a certificate of an unknown authority or for another name is refused`() async throws {
        let authority = try TestAuthority()
        let good = try authority.certificate(names: [.address([127, 0, 0, 1])])
        let other = try authority.certificate(names: [.name("other.example"), .address([127, 0, 0, 2])])
        let trusting = try DocumentFetcher(
            authorities: NIOSSLCertificate.fromPEMBytes(Array(authority.pem.utf8))
        )
        let doubting = try DocumentFetcher(authorities: [])
        for (certificate, fetcher, isFine) in [
            (good, trusting, true), (good, doubting, false), (other, trusting, false),
        ] {
            try await AuthorizationServer.run(try certificate.context()) { server async throws in
                server.answer("/x", .document([1]))
                let address = try #require(WebAddress(server.base + "/x"))
                let body = try? await fetcher.get(address).body
                #expect(body == (isFine ? [1] : nil))
            }
        }
    }
}
