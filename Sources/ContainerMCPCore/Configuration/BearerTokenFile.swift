// SPDX-License-Identifier: Apache-2.0

/// The file with the tokens that requests may carry.
///
/// A line is a token, or a name and a token with blanks between them. Empty lines, and lines whose first
/// character is `#`, are skipped. For a time two tokens of one name may stand in it, so that a token can be
/// renewed without a gap.
package enum BearerTokenFile {
    /// Why a file can't be used; holds nothing of what is in it.
    package struct Failure: Error, Equatable {
        /// What is wrong.
        package let reason: String
    }

    /// The most tokens.
    package static let maximumTokens = 16
    /// The longest token, in bytes.
    static let maximumTokenBytes = 4_096
    /// The shortest token in a file of several, or with a name: whoever names tokens has more than one reader
    /// in mind, and two words of a passphrase must not be taken for a name and a token.
    static let minimumTokenBytes = 16
    private static let maximumBytes = 128 << 10

    /// Reads a file.
    ///
    /// - Parameter path: Its absolute path.
    /// - Returns: The tokens, at least one.
    /// - Throws: ``Failure``.
    package static func read(_ path: String) throws(Failure) -> [BearerToken] {
        let bytes: [UInt8]
        do {
            bytes = try HostFile.read(path, atMost: maximumBytes).bytes
        } catch {
            throw Failure(reason: "\(error.reason). Name a file with a token in it")
        }
        return try parse(bytes)
    }

    /// Reads the text of a file.
    static func parse(_ bytes: [UInt8]) throws(Failure) -> [BearerToken] {
        var tokens: [BearerToken] = []
        var isShort = false
        for (index, line) in bytes.split(separator: SettingText.lineFeed, omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = (line.last == SettingText.carriageReturn ? line.dropLast() : line)
                .split(omittingEmptySubsequences: true) { $0 == SettingText.space || $0 == SettingText.tab }
            guard let first = words.first, first.first != SettingText.hash else { continue }
            guard tokens.count < maximumTokens else {
                throw Failure(
                    reason: "holds more than \(maximumTokens) tokens. Remove those that are not used"
                )
            }
            guard let token = words.last, words.count <= 2, token.count <= maximumTokenBytes,
                words.allSatisfy({ $0.allSatisfy(SettingText.isVisible) }),
                words.count == 1 || isName(first)
            else {
                throw Failure(
                    reason: "line \(index + 1) is neither a token nor a name and a token. Write one token a "
                        + "line, each of \(SettingForm.token.expectation)"
                )
            }
            guard words.count == 1 || token.count >= minimumTokenBytes else { throw tooShort(index) }
            isShort = isShort || token.count < minimumTokenBytes
            tokens.append(
                BearerToken(
                    name: words.count == 2 ? String(decoding: first, as: UTF8.self) : nil,
                    secret: SecretText(String(decoding: token, as: UTF8.self))
                )
            )
        }
        guard !tokens.isEmpty else {
            throw Failure(
                reason: "does not hold a token. Write one line of \(SettingForm.token.expectation) into it"
            )
        }
        if isShort, tokens.count > 1 {
            throw Failure(
                reason: "holds a token of less than \(minimumTokenBytes) characters. Use long random ones"
            )
        }
        return tokens
    }

    private static func tooShort(_ index: Int) -> Failure {
        Failure(
            reason:
                "line \(index + 1) has a name and less than \(minimumTokenBytes) characters after it. Use a "
                + "long random token"
        )
    }

    private static func isName(_ word: ArraySlice<UInt8>) -> Bool {
        let extra = Array("._-".utf8)
        return word.count <= 32
            && word.allSatisfy {
                SettingText.isLetter($0) || SettingText.isDigit($0) || extra.contains($0)
            }
    }
}
