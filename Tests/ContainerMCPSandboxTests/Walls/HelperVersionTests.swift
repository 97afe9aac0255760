// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPSandbox

@Suite struct HelperVersionTests {
    @Test(arguments: [
        ("bubblewrap 0.8.0", "0.8.0"), ("firejail version 0.9.72", "0.9.72"), ("bubblewrap 0.11", "0.11"),
        ("firejail version 0.9.74-rc1", "0.9.74"), ("0.9.62.2~deb", "0.9.62.2"),
    ])
    func `a version is found in what a helper prints`(text: String, version: String) throws {
        #expect(try #require(HelperVersion(in: text)).description == version)
    }

    @Test(arguments: [
        "", "bubblewrap", "version 7", "version 1..2", "99999999999999999999.1", "1.2.3.4.5.6", "٠.٨.٠",
    ])
    func `what is no version is none`(text: String) {
        #expect(HelperVersion(in: text) == nil)
    }

    @Test func `versions are ordered number by number`() throws {
        let words = ["0.1.8", "0.4", "0.4.1", "0.9.62", "0.9.62.2", "0.9.72", "0.11.0", "1.0"]
        let ordered = try words.map { try #require(HelperVersion(in: $0)) }
        for (index, version) in ordered.enumerated() {
            for later in ordered[(index + 1)...] { #expect(version < later && !(later < version)) }
        }
        #expect(HelperVersion(in: "0.4") == HelperVersion(in: "0.4.0"))
    }

    @Test(arguments: [
        (SandboxBackend.bubblewrap, "0.4.0", ["CVE-2020-5291", "0.4.1"]),
        (.bubblewrap, "0.1.7", ["CVE-2017-5226", "CVE-2020-5291", "0.4.1"]),
        (.firejail, "0.9.70", ["--keep-fd", "0.9.72"]), (.firejail, "0.9.68", ["CVE-2022-31214", "0.9.72"]),
        (.firejail, "0.9.62", ["CVE-2020-17367", "CVE-2020-17368", "CVE-2021-26910", "CVE-2022-31214"]),
    ])
    func `a version that is known to be bad is refused with its reasons`(
        backend: SandboxBackend,
        version: String,
        words: [String]
    ) throws {
        let version = try #require(HelperVersion(in: version))
        let error = #expect(throws: SandboxError.self) { try HelperFlaw.check(version, of: backend) }
        #expect(error?.code == .unavailable)
        for word in words { #expect(error?.message.contains(word) == true, "\(error?.message ?? "")") }
    }

    @Test(arguments: [
        (SandboxBackend.bubblewrap, "0.4.1"), (.bubblewrap, "0.8.0"), (.bubblewrap, "0.11.0"),
        (.firejail, "0.9.72"), (.firejail, "0.9.74"),
    ])
    func `a good version passes`(backend: SandboxBackend, version: String) throws {
        try HelperFlaw.check(#require(HelperVersion(in: version)), of: backend)
    }

    @Test func `every entry of the table can be compared, and the first of a backend is the one to have`()
        throws
    {
        for backend in [SandboxBackend.bubblewrap, .firejail] {
            let fixed = try HelperFlaw.all.filter { $0.backend == backend }.map {
                try #require(HelperVersion(in: $0.fixedIn))
            }
            #expect(fixed.first == fixed.max())
        }
    }
}
