// SPDX-License-Identifier: Apache-2.0

/// Why a version of a helper is not used.
struct HelperFlaw: Sendable {
    let backend: SandboxBackend
    /// The first version without it.
    let fixedIn: String
    /// What is wrong before.
    let what: String

    /// Everything known, the latest of each backend first, so that its version is the one to have.
    static let all = [
        HelperFlaw(
            backend: .bubblewrap,
            fixedIn: "0.4.1",
            what: "CVE-2020-5291: set-uid and without user namespaces, its program can become root"
        ),
        HelperFlaw(
            backend: .bubblewrap,
            fixedIn: "0.1.8",
            what: "CVE-2017-5226: a program can type into the terminal it was started from"
        ),
        HelperFlaw(
            backend: .bubblewrap,
            fixedIn: "0.1.3",
            what: "CVE-2016-8659: its privileged process can be traced"
        ),
        HelperFlaw(
            backend: .firejail,
            fixedIn: "0.9.72",
            what: "it has no --keep-fd, without which the server can't tell what is inside"
        ),
        HelperFlaw(
            backend: .firejail,
            fixedIn: "0.9.70",
            what: "CVE-2022-31214: a forged sandbox to join makes its caller root"
        ),
        HelperFlaw(
            backend: .firejail,
            fixedIn: "0.9.64.4",
            what: "CVE-2021-26910: a race in its overlay makes its caller root"
        ),
        HelperFlaw(
            backend: .firejail,
            fixedIn: "0.9.62.2",
            what: "CVE-2020-17367 and CVE-2020-17368: the options for saved output run commands outside"
        ),
        HelperFlaw(
            backend: .firejail,
            fixedIn: "0.9.60",
            what: "CVE-2019-12499 and CVE-2019-12589: what runs inside can rewrite firejail and its filters"
        ),
    ]

    /// The flaws of a version.
    static func known(in version: HelperVersion, of backend: SandboxBackend) -> [HelperFlaw] {
        all.filter { flaw in
            guard flaw.backend == backend else { return false }
            return HelperVersion(in: flaw.fixedIn).map { version < $0 } ?? true
        }
    }

    /// Lets a version pass.
    ///
    /// - Throws: ``SandboxError`` with code `unavailable` that names each flaw and the version to have.
    static func check(_ version: HelperVersion, of backend: SandboxBackend) throws(SandboxError) {
        let flaws = known(in: version, of: backend)
        guard let needed = flaws.first?.fixedIn else { return }
        throw SandboxError(
            .unavailable,
            """
            \(backend.rawValue) \(version) is refused, \(needed) or newer is needed: \
            \(flaws.map(\.what).joined(separator: "; "))
            """
        )
    }
}
