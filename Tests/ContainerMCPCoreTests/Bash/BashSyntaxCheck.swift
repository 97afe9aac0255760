// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Asks the bash of this machine.
enum BashSyntaxCheck {
    /// Whether `bash -n` takes the text; nothing of it is run.
    static func accepts(_ text: String) -> Bool {
        guard let pipe = unsafe popen("exec bash -n >/dev/null 2>&1", "w") else { return false }
        let bytes = Array(text.utf8) + [0x0A]
        _ = unsafe bytes.withUnsafeBytes { unsafe fwrite($0.baseAddress, 1, $0.count, pipe) }
        return unsafe pclose(pipe) == 0
    }

    /// The lines that a bash command prints.
    static func lines(of command: String) -> [String] {
        guard let pipe = unsafe popen("exec bash -c '\(command)'", "r") else { return [] }
        var bytes: [UInt8] = []
        while true {
            let byte = unsafe fgetc(pipe)
            guard byte != EOF else { break }
            bytes.append(UInt8(truncatingIfNeeded: byte))
        }
        _ = unsafe pclose(pipe)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
