// SPDX-License-Identifier: Apache-2.0

/// Which modules the files of each target may import.
///
/// The package manager checks declared dependencies only, and lets a file import whatever those depend on.
enum ImportTable {
    /// Modules that every Swift target may use: system calls, values and locks, nothing with a policy of its own.
    static let system: Set<String> = ["FoundationEssentials", "Glibc", "Synchronization"]

    /// Modules of the thin executables: they parse, configure and run.
    static let shell: Set<String> = [
        "ArgumentParser", "Configuration", "ContainerMCPCore", "ContainerMCPShell", "Logging",
        "ServiceLifecycle",
    ]

    static let allowed: [String: Set<String>] = [
        "CContainerMCPLinux": [],
        "ContainerMCPProtocol": ["FoundationEssentials"],
        "ContainerMCPSandbox": [
            "CContainerMCPLinux", "Glibc", "Logging", "Synchronization", "SystemPackage",
        ],
        "ContainerMCPCore": system.union([
            "CLibXML2", "CLibcurl", "Configuration", "ContainerMCPProtocol", "ContainerMCPSandbox", "Crypto",
            "Logging", "Metrics", "ServiceLifecycle", "Yams",
        ]),
        "ContainerMCPHTTP": system.union([
            "ContainerMCPCore", "ContainerMCPProtocol", "Hummingbird", "HummingbirdCore", "JWTKit", "Logging",
            "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "NIOTLS", "ServiceLifecycle",
        ]),
        "ContainerMCPTesting": system.union([
            "ContainerMCPCore", "ContainerMCPProtocol", "ContainerMCPSandbox", "Logging", "Testing",
        ]),
        "ContainerMCPShell": system.union([
            "ArgumentParser", "ContainerMCPCore", "ContainerMCPProtocol", "ContainerMCPSandbox", "Logging",
        ]),
        "ContainerMCPSSE": system.union(shell).union(["ContainerMCPHTTP", "ContainerMCPSandbox"]),
        "ContainerMCPStdio": system.union(shell),
        "cmcp-cli": system.union(shell).union([
            "ContainerMCPHTTP", "ContainerMCPProtocol", "ContainerMCPSandbox",
        ]),
    ]

    /// What a folder below a target may import where that is less than its target may.
    ///
    /// Decisions are pure: they can be replayed from a test, so they see no clock, disk or network.
    static let narrower: [String: Set<String>] = [
        "ContainerMCPCore/Policy": ["ContainerMCPProtocol", "Yams"]
    ]
}
