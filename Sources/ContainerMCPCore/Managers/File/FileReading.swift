// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox

/// Makes the answer to a read out of the bytes of the file.
struct FileReading {
    let action: ReadFile

    /// Decodes the bytes and selects what was asked for.
    func answer(from file: FileContent) throws(ToolError) -> FileText {
        let isPart = action.offset != nil || action.limit != nil
        let first = action.offset ?? 1
        let size = Int64(file.bytes.count)
        let modified = Timestamp(secondsSince1970: file.info.modified).description
        if action.encoding.countsBytes {
            let start = min(first - 1, file.bytes.count)
            let end = start + min(action.limit ?? .max, file.bytes.count - start)
            var answer = FileText(
                content: Base64.encode(file.bytes[start..<end]),
                size: size,
                modified: modified
            )
            if isPart {
                answer.totalLines = file.bytes.count
                answer.truncated = end < file.bytes.count
                answer.nextOffset = end < file.bytes.count ? end + 1 : nil
            }
            return answer
        }
        guard let text = action.encoding.decode(file.bytes[...]) else {
            throw ToolError(
                .invalidArgument,
                "'\(action.path.shown)' is not valid \(action.encoding.rawValue); name its encoding, or read the bytes with "
                    + "the encoding base64."
            )
        }
        guard isPart else { return FileText(content: text, size: size, modified: modified) }
        let selection = TextSelection(of: text, first: first, count: action.limit)
        var answer = FileText(content: selection.text, size: size, modified: modified)
        answer.totalLines = selection.total
        answer.truncated = selection.next != nil
        answer.nextOffset = selection.next
        return answer
    }

    /// Tells whether text stays within a number of bytes when it is written as JSON.
    static func fits(_ text: String, in limit: Int) -> Bool {
        // Escaping makes at most six bytes of one.
        guard text.utf8.count > limit / 6 else { return true }
        var size = 0
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C, 0x08, 0x09, 0x0A, 0x0C, 0x0D: size += 2
            case 0..<0x20: size += 6
            default: size += 1
            }
        }
        return size <= limit
    }
}
