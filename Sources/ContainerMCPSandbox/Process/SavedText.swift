// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The file that the whole text of a stream goes to, once more comes than is kept.
struct SavedText {
    private var file: Descriptor?
    private var isOpenable = true

    /// Writes bytes, and before the first of them all that was kept until then.
    ///
    /// A full disk ends the saving, not the call; that the text is cut short is noted.
    ///
    /// - Parameters:
    ///   - bytes: What came.
    ///   - captured: What was kept, and how much was saved.
    ///   - limit: Bytes of the whole text.
    ///   - open: Opens the file; asked once.
    mutating func add(
        _ bytes: [UInt8],
        to captured: inout CapturedOutput,
        upTo limit: Int,
        open: () -> Int32?
    ) {
        if isOpenable {
            isOpenable = false
            guard let opened = open() else {
                captured.isSavingCutShort = true
                return
            }
            file = Descriptor(owning: opened)
            write(captured.head + captured.tail, to: &captured, upTo: limit)
        }
        write(bytes, to: &captured, upTo: limit)
    }

    private mutating func write(_ bytes: [UInt8], to captured: inout CapturedOutput, upTo limit: Int) {
        guard let file else { return }
        let part = bytes.prefix(limit - captured.saved)
        guard !part.isEmpty else { return }
        let written = unsafe part.withUnsafeBytes {
            unsafe Glibc.write(file.number, $0.baseAddress, $0.count)
        }
        if written > 0 {
            captured.saved += written
            captured.isSaved = true
        }
        if written < part.count {
            self.file = nil
            captured.isSavingCutShort = true
        }
    }
}
