// SPDX-License-Identifier: Apache-2.0

/// Why a certificate or a private key can't be used, for the operator.
struct CertificateFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which file, what is wrong, and what to do.
    let description: String
}
