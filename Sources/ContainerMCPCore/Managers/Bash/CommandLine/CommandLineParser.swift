// SPDX-License-Identifier: Apache-2.0

/// Reads the names of the simple commands in a bash command line.
///
/// It follows the grammar of bash 5.2 in one pass over the bytes, with at most 64 constructs inside each other.
/// What it does not understand is not an error: the names found up to there are kept and the reading is `partial`.
/// Time and memory grow linearly with the text.
public enum CommandLineParser {
    /// More constructs inside each other than this are not followed.
    static let maximumDepth = 64

    /// Reads a command line; never fails and runs nothing.
    public static func parse(_ text: String) -> BashCommandLine {
        var reader = ShellReader(Array(text.utf8), depth: 0, findings: CommandLineFindings())
        reader.readAll()
        return BashCommandLine(findings: reader.findings)
    }
}
