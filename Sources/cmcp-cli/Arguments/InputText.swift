// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Text that an argument takes from a file or from standard input.
enum InputText {
    /// The text that a value stands for: itself, or with `@` what a file holds.
    static func value(_ text: String, of key: String, limit: Int) throws -> String {
        guard text.utf8.first == UInt8(ascii: "@") else { return text }
        let rest = String(text.unicodeScalars.dropFirst())
        if rest.utf8.first == UInt8(ascii: "@") { return rest }
        if rest == "-" { return try standardInput(limit: limit, for: "'\(key)'") }
        let descriptor = unsafe open(rest, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw failure("'\(key)': the file '\(rest)' can't be read: \(reason())")
        }
        defer { close(descriptor) }
        return try read(descriptor, limit: limit, "'\(key)': the file '\(rest)'")
    }

    /// Everything on standard input.
    static func standardInput(limit: Int, for user: String) throws -> String {
        try read(0, limit: limit, "\(user): standard input")
    }

    private static func read(_ descriptor: Int32, limit: Int, _ name: String) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("\(name) can't be read: \(reason())") }
            if count == 0 { break }
            guard bytes.count + count <= limit else {
                throw failure("\(name) has more than \(limit) bytes (REQUEST_MAX_MB)")
            }
            bytes += buffer[..<count]
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw failure("\(name) is not UTF-8 text; for bytes use base64")
        }
        return text
    }

    private static func reason() -> String {
        unsafe String(cString: strerror(errno))
    }

    private static func failure(_ message: String) -> CommandFailure {
        CommandFailure(.usage, message + ".")
    }
}
