// swift-tools-version:6.2
import PackageDescription

/// Every Swift target is built the same way: Swift 6 mode, no implicit existentials, imports that do not leak,
/// unsafe code marked where it stands, and no warning left over.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "container-mcp",
    products: [
        .library(name: "ContainerMCPCore", targets: ["ContainerMCPCore"]),
        .library(name: "ContainerMCPProtocol", targets: ["ContainerMCPProtocol"]),
        .library(name: "ContainerMCPSandbox", targets: ["ContainerMCPSandbox"]),
        .library(name: "ContainerMCPHTTP", targets: ["ContainerMCPHTTP"]),
        .library(name: "ContainerMCPTesting", targets: ["ContainerMCPTesting"]),
        .executable(name: "ContainerMCPSSE", targets: ["ContainerMCPSSE"]),
        .executable(name: "ContainerMCPStdio", targets: ["ContainerMCPStdio"]),
        .executable(name: "cmcp-cli", targets: ["cmcp-cli"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .target(
            name: "CContainerMCPLinux",
            cSettings: [
                .define("_GNU_SOURCE"),
                .treatAllWarnings(as: .error),
                .enableWarning("all"),
                .enableWarning("extra"),
            ]
        ),
        .target(
            name: "ContainerMCPSandbox",
            dependencies: [
                "CContainerMCPLinux",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(name: "ContainerMCPProtocol", swiftSettings: strict),
        .target(
            name: "ContainerMCPCore",
            dependencies: [
                "ContainerMCPProtocol",
                "ContainerMCPSandbox",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ContainerMCPHTTP",
            dependencies: [
                "ContainerMCPCore",
                "ContainerMCPProtocol",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ContainerMCPTesting",
            dependencies: ["ContainerMCPCore", "ContainerMCPProtocol", "ContainerMCPSandbox"],
            swiftSettings: strict
        ),
        .target(
            name: "ContainerMCPShell",
            dependencies: [
                "ContainerMCPCore",
                "ContainerMCPProtocol",
                "ContainerMCPSandbox",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "ContainerMCPSSE",
            dependencies: [
                "ContainerMCPCore",
                "ContainerMCPHTTP",
                "ContainerMCPSandbox",
                "ContainerMCPShell",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "ContainerMCPStdio",
            dependencies: [
                "ContainerMCPCore",
                "ContainerMCPShell",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "cmcp-cli",
            dependencies: [
                "ContainerMCPCore",
                "ContainerMCPHTTP",
                "ContainerMCPProtocol",
                "ContainerMCPSandbox",
                "ContainerMCPShell",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["ContainerMCPProtocol", "ContainerMCPTesting", "cmcp-cli"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ContainerMCPSandboxTests",
            dependencies: [
                "CContainerMCPLinux",
                "ContainerMCPSandbox",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ContainerMCPProtocolTests",
            dependencies: ["ContainerMCPProtocol", "ContainerMCPTesting"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ContainerMCPCoreTests",
            dependencies: [
                "ContainerMCPCore",
                "ContainerMCPProtocol",
                "ContainerMCPSandbox",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ContainerMCPHTTPTests",
            dependencies: [
                "ContainerMCPCore",
                "ContainerMCPHTTP",
                "ContainerMCPProtocol",
                "ContainerMCPTesting",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SecurityTests",
            dependencies: [
                "ContainerMCPCore",
                "ContainerMCPProtocol",
                "ContainerMCPSandbox",
                "ContainerMCPTesting",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ContainerMCPTestingTests",
            dependencies: [
                "ContainerMCPCore",
                "ContainerMCPProtocol",
                "ContainerMCPSandbox",
                "ContainerMCPTesting",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: [
                "Transcripts/handshakes.md", "Transcripts/stateless.md",
                "Transcripts/question-in-a-session.md", "Transcripts/question-round-trip.md",
                "Transcripts/task-in-a-session.md", "Transcripts/task-extension.md", "Transcripts/batch.md",
                "Transcripts/broken-messages.md",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "ContainerMCPCore",
                "ContainerMCPProtocol",
                "ContainerMCPSandbox",
                "ContainerMCPTesting",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "LayeringTests", swiftSettings: strict),
    ]
)
