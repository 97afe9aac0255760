// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import NIOSSL

/// A certificate chain and its private key, as two files.
struct CertificateFiles: Sendable, Equatable {
    /// What was made of the files.
    struct Loaded: Sendable {
        let context: NIOSSLContext
        /// What the operator should know although it works.
        let warnings: [String]
    }

    /// `MCP_TLS_CERT`.
    let certificate: String
    /// `MCP_TLS_KEY`.
    let key: String

    /// Enough for a chain of any length.
    private static let maximumBytes = 1 << 20

    /// Which files they are now.
    var versions: [FileVersion] { [FileVersion(certificate), FileVersion(key)] }

    /// Reads the files.
    ///
    /// - Parameter now: Seconds since 1970.
    /// - Returns: What new connections are made with.
    /// - Throws: ``CertificateFault``.
    func load(now: Double) throws(CertificateFault) -> Loaded {
        let chain = try Self.certificates(certificate, key: "MCP_TLS_CERT")
        try checkDates(chain, now)
        let (privateKey, mode) = try readKey()
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(privateKey)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        guard let context = try? NIOSSLContext(configuration: configuration) else {
            throw CertificateFault(
                description: "MCP_TLS_KEY=\(key) is not the key of the first certificate in "
                    + "MCP_TLS_CERT=\(certificate). Name files that belong together, the server's own "
                    + "certificate first."
            )
        }
        var warnings: [String] = []
        if mode & 0o044 != 0 {
            warnings.append(
                "MCP_TLS_KEY=\(key) can be read by other users of this machine. Run: chmod 600 \(key)"
            )
        }
        if let first = chain.first, Double(first.notValidBefore) > now {
            warnings.append("The certificate in MCP_TLS_CERT=\(certificate) is not valid yet.")
        }
        return Loaded(context: context, warnings: warnings)
    }

    /// Reads certificates in PEM form.
    ///
    /// - Parameters:
    ///   - path: Where they are.
    ///   - key: The setting that names the file.
    /// - Returns: The certificates in the order of the file, at least one.
    /// - Throws: ``CertificateFault``.
    static func certificates(_ path: String, key: String) throws(CertificateFault) -> [NIOSSLCertificate] {
        let bytes = try read(path, key: key).bytes
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw CertificateFault(
                description: "\(key)=\(path) holds no certificate in PEM form. It begins with "
                    + "-----BEGIN CERTIFICATE-----; other forms have to be converted with openssl x509."
            )
        }
        return certificates
    }

    private func checkDates(_ chain: [NIOSSLCertificate], _ now: Double) throws(CertificateFault) {
        for (number, certificate) in chain.enumerated() where Double(certificate.notValidAfter) <= now {
            throw CertificateFault(
                description:
                    "Certificate \(number + 1) in MCP_TLS_CERT=\(self.certificate) has expired. Renew it."
            )
        }
    }

    private func readKey() throws(CertificateFault) -> (key: NIOSSLPrivateKey, mode: UInt32) {
        let contents = try Self.read(key, key: "MCP_TLS_KEY")
        let text = String(decoding: contents.bytes, as: UTF8.self)
        guard !text.contains("ENCRYPTED") else {
            throw CertificateFault(
                description:
                    "MCP_TLS_KEY=\(key) is encrypted, and there is nobody to ask for the passphrase. "
                    + "Decrypt it with: openssl pkey -in \(key) -out FILE"
            )
        }
        guard let privateKey = try? NIOSSLPrivateKey(bytes: contents.bytes, format: .pem) else {
            throw CertificateFault(
                description: "MCP_TLS_KEY=\(key) holds no private key in PEM form. It begins with "
                    + "-----BEGIN PRIVATE KEY----- or the like."
            )
        }
        return (privateKey, contents.mode)
    }

    private static func read(_ path: String, key: String) throws(CertificateFault) -> HostFile.Contents {
        do {
            return try HostFile.read(path, atMost: maximumBytes)
        } catch {
            throw CertificateFault(description: "\(key)=\(path) \(error.reason).")
        }
    }
}
