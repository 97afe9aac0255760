// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Standard error, where everything goes that is not an answer.
public enum StandardError {
    /// Writes a text; what can't be written is lost.
    public static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var position = 0
        while position < bytes.count {
            let written = unsafe bytes[position...].withUnsafeBytes {
                unsafe Glibc.write(2, $0.baseAddress, $0.count)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            position += written
        }
    }
}
