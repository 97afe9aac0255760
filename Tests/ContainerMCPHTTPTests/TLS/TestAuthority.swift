// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import NIOSSL
import SwiftASN1
import X509

/// A certificate authority of the test's own, made anew each time.
struct TestAuthority {
    /// What a certificate is for.
    enum Name {
        case name(String)
        case address([UInt8])
    }

    /// A certificate with its key, in PEM form.
    struct Issued {
        let pem: String
        let key: String

        /// For servers of the test.
        func context() throws -> NIOSSLContext {
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: NIOSSLCertificate.fromPEMBytes(Array(pem.utf8)).map {
                        .certificate($0)
                    },
                    privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
                )
            )
        }
    }

    let pem: String
    private let key: Certificate.PrivateKey
    private let name: DistinguishedName

    init() throws {
        key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        name = try DistinguishedName { CommonName("Test authority") }
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key.publicKey,
            notValidBefore: Date(timeIntervalSince1970: 1_000_000_000),
            notValidAfter: Date(timeIntervalSince1970: 4_000_000_000),
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
            },
            issuerPrivateKey: key
        )
        pem = try certificate.serializeAsPEM().pemString
    }

    /// Issues a certificate for some names, valid from and to so many seconds since 1970.
    func certificate(
        names: [Name] = [.name("localhost"), .address([127, 0, 0, 1])],
        validity: ClosedRange<Double> = 1_000_000_000...4_000_000_000
    ) throws -> Issued {
        let own = P256.Signing.PrivateKey()
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PrivateKey(own).publicKey,
            notValidBefore: Date(timeIntervalSince1970: validity.lowerBound),
            notValidAfter: Date(timeIntervalSince1970: validity.upperBound),
            issuer: name,
            subject: try DistinguishedName { CommonName("Test server") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                SubjectAlternativeNames(
                    names.map { name -> GeneralName in
                        switch name {
                        case .name(let name): .dnsName(name)
                        case .address(let bytes): .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
                        }
                    }
                )
            },
            issuerPrivateKey: key
        )
        return Issued(pem: try certificate.serializeAsPEM().pemString, key: own.pemRepresentation)
    }
}
