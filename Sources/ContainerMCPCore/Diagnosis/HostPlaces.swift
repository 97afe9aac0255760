// SPDX-License-Identifier: Apache-2.0

/// Keeps places of the host out of what callers read.
enum HostPlaces {
    /// The paths that mean the same to every child.
    private static let common: Set<String> = [
        "/", "/proc", "/tmp", "/workspace", "/data", "/dev/shm", "/dev/fd", "/dev/null", "/sys",
    ]

    /// A text with every other absolute path in it replaced by `…`.
    ///
    /// A path begins where no word goes on, and ends at a blank, a quote, a bracket or a comma.
    static func removed(from text: String) -> String {
        var shown = ""
        var path: String?
        var before: Unicode.Scalar?
        func ended(_ path: String) -> String {
            let trimmed = path[...].trimmingPunctuation
            return common.contains(String(trimmed.core)) ? path : "…" + trimmed.rest
        }
        for scalar in text.unicodeScalars {
            if let open = path {
                guard Self.ends(scalar) else {
                    path = open + String(scalar)
                    continue
                }
                shown += ended(open)
                path = nil
            }
            if scalar == "/", before.map({ !Self.isOfWord($0) }) ?? true {
                path = "/"
            } else {
                shown.unicodeScalars.append(scalar)
            }
            before = scalar
        }
        return shown + (path.map(ended) ?? "")
    }

    private static func ends(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\n", "'", "\"", "`", "(", ")", "[", "]", "<", ">", ",", ";": true
        default: false
        }
    }

    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "."
            || scalar == "_"
            || scalar == "-"
    }
}

extension Substring {
    /// Full stops and colons at the end belong to the sentence, not to the path.
    fileprivate var trimmingPunctuation: (core: Substring, rest: Substring) {
        var core = self
        while let last = core.last, last == "." || last == ":" { core.removeLast() }
        return (core, self[core.endIndex...])
    }
}
