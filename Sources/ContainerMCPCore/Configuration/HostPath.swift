// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Paths of the host as the settings name them: absolute, without `.`, `..`, or doubled slashes.
enum HostPath {
    static let maximumBytes = 4_096

    /// Nil for a text that can't be a path.
    ///
    /// `..` is taken away in the text, before any use, so that what is checked and what is opened are the
    /// same.
    static func absolute(_ text: String, from directory: String) -> String? {
        guard !text.isEmpty, text.utf8.count < maximumBytes,
            !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { return nil }
        let whole = text.utf8.first == UInt8(ascii: "/") ? text : directory + "/" + text
        var parts: [Substring] = []
        for part in whole.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        let path = "/" + parts.joined(separator: "/")
        return path.utf8.count < maximumBytes ? path : nil
    }

    /// The path with the links of its existing part followed, so that two names of one folder compare as one.
    static func resolved(_ path: String) -> String {
        var missing: [Substring] = []
        var parts = path.split(separator: "/")
        while true {
            let existing = "/" + parts.joined(separator: "/")
            if let real = realPath(existing) {
                return missing.isEmpty
                    ? real : (real == "/" ? "" : real) + "/" + missing.reversed().joined(separator: "/")
            }
            guard let last = parts.popLast() else { return path }
            missing.append(last)
        }
    }

    /// Whether `path` is `folder` or lies below it; both absolute and normalised.
    static func contains(_ folder: String, _ path: String) -> Bool {
        folder == "/" || path == folder || path.utf8.starts(with: (folder + "/").utf8)
    }

    /// The last component is a symbolic link.
    static func isLink(_ path: String) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFLNK
    }

    private static func realPath(_ path: String) -> String? {
        guard let pointer = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(pointer) }
        return unsafe String(validatingCString: pointer)
    }
}
