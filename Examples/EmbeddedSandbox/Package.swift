// swift-tools-version:6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let package = Package(
    name: "EmbeddedSandbox",
    dependencies: [
        // In a program of your own: .package(url: "https://github.com/…/container-mcp", from: "0.1.0")
        .package(name: "container-mcp", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "EmbeddedSandbox",
            dependencies: [.product(name: "ContainerMCPCore", package: "container-mcp")]
        )
    ]
)
