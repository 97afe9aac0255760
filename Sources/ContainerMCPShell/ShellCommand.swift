// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
internal import Glibc

/// A program of the package: the same exit statuses for the same reasons, whichever program it is.
public protocol ShellCommand: AsyncParsableCommand {}

extension ShellCommand {
    /// Parses the command line and runs; exit status 2 for wrong usage, else what the program says.
    public static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            StandardError.write(fullMessage(for: error) + "\n")
            Glibc.exit(2)
        }
    }
}
