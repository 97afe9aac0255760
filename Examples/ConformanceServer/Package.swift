// swift-tools-version:6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let package = Package(
    name: "ConformanceServer",
    dependencies: [
        // In a program of your own: .package(url: "https://github.com/…/container-mcp", from: "0.1.0")
        .package(name: "container-mcp", path: "../.."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "ConformanceServer",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ContainerMCPCore", package: "container-mcp"),
                .product(name: "ContainerMCPHTTP", package: "container-mcp"),
                .product(name: "ContainerMCPProtocol", package: "container-mcp"),
                .product(name: "ContainerMCPSandbox", package: "container-mcp"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]
        )
    ]
)
