// SPDX-License-Identifier: Apache-2.0

/// Finds the Python interpreter that children run.
public enum PythonInterpreter {
    /// Looks for an interpreter.
    ///
    /// Without a name: the newest of `python3.14` … `python3.11`, then `python3`, in /usr/local/bin and /usr/bin, that
    /// is an ELF file, belongs to root and can be written by root only. Any other only when named.
    ///
    /// - Parameter named: An absolute path from the settings, or nil to look.
    /// - Returns: The interpreter's path without links.
    /// - Throws: ``SandboxError`` with code `badConfiguration` that says what was looked for.
    public static func find(named: String?) throws(SandboxError) -> String {
        if let named {
            guard let walk = HostPath.walk(named), walk.isRegular, ElfFile(path: walk.real) != nil else {
                throw SandboxError(.badConfiguration, "PYTHON_EXECUTABLE: '\(named)' is not an ELF file")
            }
            return walk.real
        }
        let names = (11...14).reversed().map { "python3.\($0)" } + ["python3"]
        for name in names {
            for folder in ["/usr/local/bin", "/usr/bin"] {
                guard let walk = HostPath.walk("\(folder)/\(name)"), isTrusted(walk) else { continue }
                return walk.real
            }
        }
        throw SandboxError(
            .badConfiguration,
            "no root-owned python3.11 or newer was found in /usr/local/bin and /usr/bin; install python3 or set PYTHON_EXECUTABLE",
        )
    }

    private static func isTrusted(_ walk: HostPath.Walk) -> Bool {
        walk.isRegular && walk.owner == 0 && walk.mode & 0o022 == 0 && ElfFile(path: walk.real) != nil
    }
}
