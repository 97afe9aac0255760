// SPDX-License-Identifier: Apache-2.0

/// Tells the kinds of message apart that the server itself has written.
enum OutgoingMessage {
    /// Whether a message is an answer or an array of them, not a notification or a question.
    ///
    /// Looks only at the names of the outermost members, up to the first that decides: an answer may be
    /// large.
    ///
    /// - Parameter message: Well-formed JSON without spaces between its parts.
    /// - Returns: Whether it is; false also for what is no message.
    static func isAnswer(_ message: [UInt8]) -> Bool {
        if message.first == UInt8(ascii: "[") { return true }
        var depth = 0
        var position = 0
        var isName = true
        while position < message.count {
            switch message[position] {
            case UInt8(ascii: "\""):
                let start = position + 1
                let end = endOfString(message, from: start)
                if depth == 1, isName {
                    switch String(decoding: message[start..<end], as: UTF8.self) {
                    case "result", "error": return true
                    case "method": return false
                    default: break
                    }
                }
                position = end
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                isName = depth == 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
            case UInt8(ascii: ":") where depth == 1:
                isName = false
            case UInt8(ascii: ",") where depth == 1:
                isName = true
            default:
                break
            }
            position += 1
        }
        return false
    }

    private static func endOfString(_ message: [UInt8], from start: Int) -> Int {
        var position = start
        while position < message.count, message[position] != UInt8(ascii: "\"") {
            position += message[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position, message.count)
    }
}
