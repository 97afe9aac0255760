// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What the process finds around it at its start.
public enum Surroundings {
    /// The process environment; a name given twice counts once, the first.
    public static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                let key = String(pair[..<equals])
                if variables[key] == nil { variables[key] = String(pair[pair.index(after: equals)...]) }
            }
            unsafe entry += 1
        }
        return variables
    }

    /// Whether a descriptor is a terminal.
    public static func isTerminal(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1
    }
}
