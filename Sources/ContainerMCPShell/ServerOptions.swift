// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import ContainerMCPCore
internal import ContainerMCPSandbox

/// The flags that every program of the package knows.
public struct ServerOptions: ParsableArguments, Sendable {
    /// `--env-file`.
    @Option(help: "Read settings from this file; default: config/custom.env where it exists.")
    public var envFile: String?

    /// `--log-level`.
    @Option(help: "DEBUG, INFO, WARNING or ERROR.")
    public var logLevel: String?

    /// `--set`.
    @Option(name: .customLong("set"), help: "Set any other key; may be given again (see 'cmcp-cli config').")
    public var set: [String] = []

    /// `--test-mode`.
    @Flag(help: "Work in throw-away folders that are removed at the end.")
    public var testMode = false

    /// `--unsafe-no-sandbox`.
    @Flag(
        help: "Run everything unconfined, with the rights of the server. Loopback only; every result says so."
    )
    public var unsafeNoSandbox = false

    /// Parses nothing; the argument parser fills it in.
    public init() {}

    /// Reads the settings: flags, then environment, then env file, then defaults.
    ///
    /// - Parameters:
    ///   - further: Flags of the program itself, by key.
    ///   - servesNetwork: Whether the program listens; only then do rules on addresses and tokens apply.
    /// - Returns: The settings.
    /// - Throws: `ExitCode` 2 after every problem was told on standard error.
    public func settings(_ further: [String: String] = [:], servesNetwork: Bool) throws -> Settings {
        var flags = further
        flags["LOG_LEVEL"] = logLevel
        if testMode { flags["CMCP_TEST_MODE"] = "true" }
        for entry in set {
            guard let equals = entry.firstIndex(of: "="), equals > entry.startIndex else {
                throw ValidationError("--set takes KEY=VALUE, not '\(entry)'.")
            }
            let key = String(entry[..<equals])
            guard flags.updateValue(String(entry[entry.index(after: equals)...]), forKey: key) == nil else {
                throw ValidationError("\(key) is given twice on the command line.")
            }
        }
        let folder = ServerProcess.currentDirectory()
        do {
            let file = try EnvironmentFile.locate(named: envFile, currentDirectory: folder)
            return try Settings.load(
                flags: flags,
                environment: Surroundings.environment(),
                file: file,
                currentDirectory: folder,
                unsafeNoSandbox: unsafeNoSandbox,
                servesNetwork: servesNetwork
            )
        } catch {
            StandardError.write("The settings can't be used:\n\(error)\n")
            throw ExitCode(2)
        }
    }
}
