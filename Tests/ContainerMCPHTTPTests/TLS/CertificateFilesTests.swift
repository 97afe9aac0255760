// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import Testing

@Suite struct CertificateFilesTests {
    private static let now = 2_000_000_000.0

    private let folder: TestFolder
    private let authority: TestAuthority

    init() throws {
        folder = try TestFolder()
        authority = try TestAuthority()
    }

    private func files(_ certificate: String, _ key: String, mode: Int = 0o600) throws -> CertificateFiles {
        CertificateFiles(
            certificate: try folder.write("cert.pem", certificate),
            key: try folder.write("key.pem", key, mode: mode)
        )
    }

    private func fault(_ files: CertificateFiles) -> String? {
        do throws(CertificateFault) {
            _ = try files.load(now: Self.now)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a certificate and its key are taken`() throws {
        let issued = try authority.certificate()
        #expect(try files(issued.pem, issued.key).load(now: Self.now).warnings.isEmpty)
        let chain = issued.pem + "\n" + authority.pem + "\n"
        #expect(fault(try files(chain, issued.key)) == nil)
    }

    @Test func `a file that is missing, something else, or not the other's is named, with what to do`() throws
    {
        let issued = try authority.certificate()
        let other = try authority.certificate()
        for (certificate, key, name, part) in [
            (issued.pem, other.key, "MCP_TLS_KEY", "is not the key"),
            (authority.pem + "\n" + issued.pem, issued.key, "MCP_TLS_KEY", "own certificate first"),
            ("x", issued.key, "MCP_TLS_CERT", "no certificate"),
            ("", issued.key, "MCP_TLS_CERT", "no certificate"),
            (issued.key, issued.key, "MCP_TLS_CERT", "no certificate"),
            (issued.pem, issued.pem, "MCP_TLS_KEY", "no private key"),
            (issued.pem, "", "MCP_TLS_KEY", "no private key"),
            (issued.pem, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n", "MCP_TLS_KEY", "openssl pkey"),
            (
                issued.pem, "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", "MCP_TLS_KEY",
                "openssl pkey"
            ),
        ] {
            let reason = try #require(fault(try files(certificate, key)))
            #expect(reason.contains("\(name)=\(folder.path)/") && reason.contains(part), "\(reason)")
        }
        let missing = CertificateFiles(certificate: folder.path + "/none", key: folder.path + "/key.pem")
        #expect(fault(missing) == "MCP_TLS_CERT=\(folder.path)/none is not there.")
        #expect(
            fault(CertificateFiles(certificate: "/dev/zero", key: "/dev/zero"))?.contains("regular") == true
        )
    }

    @Test func `a certificate that has expired is refused, one that is not valid yet is warned about`() throws
    {
        let old = try authority.certificate(validity: 1_000_000_000...1_999_999_999)
        #expect(fault(try files(old.pem, old.key))?.contains("has expired") == true)
        let good = try authority.certificate()
        #expect(fault(try files(good.pem + "\n" + old.pem, good.key))?.contains("Certificate 2") == true)
        let early = try authority.certificate(validity: 2_000_000_001...3_000_000_000)
        #expect(try files(early.pem, early.key).load(now: Self.now).warnings.count == 1)
    }

    @Test(arguments: [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1), (0o644, 1)])
    func `a key that others can read is warned about`(mode: Int, warnings: Int) throws {
        let issued = try authority.certificate()
        let loaded = try files(issued.pem, issued.key, mode: mode).load(now: Self.now)
        #expect(loaded.warnings.count == warnings)
    }

    @Test func `a renewed certificate is taken, a broken one leaves the old one in force`() throws {
        let first = try authority.certificate()
        let files = try files(first.pem, first.key)
        let store = try CertificateStore(files, logger: RunningServer.quiet, now: { Self.now })
        let before = store.context
        store.reload()
        #expect(store.context === before)
        let second = try authority.certificate()
        try folder.write("cert.pem", second.pem)
        store.reload()
        #expect(store.context === before)
        try folder.write("key.pem", second.key)
        store.reload()
        let after = store.context
        #expect(after !== before)
        let old = try authority.certificate(validity: 1_000_000_000...1_500_000_000)
        try folder.write("cert.pem", old.pem)
        try folder.write("key.pem", old.key)
        store.reload()
        folder.remove("key.pem")
        store.reload()
        #expect(store.context === after)
    }
}
