// SPDX-License-Identifier: Apache-2.0

/// The page on settings, made from the table that reads them.
public enum ConfigurationDocument {
    /// The page in Markdown.
    public static func markdown() -> String {
        var lines = introduction
        for section in SettingKey.Section.allCases {
            lines += [
                "", "## \(section.rawValue)", "", "| key | default | values | meaning |", "|---|---|---|---|",
            ]
            lines += SettingKey.all.filter { $0.section == section }.map(row)
        }
        lines += [
            "", "## Retired keys", "",
            "These warn in the environment and in the environment file, do nothing else, and are refused as flags.",
            "", "| key | instead |",
            "|---|---|",
        ]
        lines += RetiredSetting.all.map {
            "| `\($0.name)\($0.isPrefix ? "…" : "")` | \(escaped($0.advice)) |"
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ key: SettingKey) -> String {
        let text = key.defaultText.map { $0.isEmpty ? "empty" : "`\($0.replacing(",", with: ", "))`" }
        let parts = [text, key.derivedDefault.map(escaped)].compactMap(\.self)
        let secret = key.isSecret ? " Secret: masked everywhere, not accepted as a flag." : ""
        return "| `\(key.name)` | \(parts.isEmpty ? "none" : parts.joined(separator: "; ")) | "
            + "\(escaped(key.kind.values)) | \(escaped(key.summary))\(secret) |"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("*", with: "\\*")
    }

    private static let introduction = """
        # Settings

        Settings are environment variables. The first place that has a key wins:

        1. flags: `--host`, `--port`, `--log-level`, `--test-mode`, and `--set KEY=VALUE` for every other key,
        2. the process environment,
        3. the environment file: the one named with `--env-file`, else `config/custom.env` where it exists,
        4. the defaults below.

        `cmcp-cli config` prints every key with its value, its origin and its default; secrets are masked.

        A value that is malformed or out of range stops the start, with an error that names the key, the value and
        what may be given. So do two keys that contradict each other, unknown keys in the environment file or in
        `--set`, and unknown names in the process environment that begin with `CMCP_`. Other names one or two
        letters off a key, and retired keys, are warned about. An empty list allows nothing; every other key that
        is set and empty is an error. MB are 1,048,576 bytes and KB 1,024. Relative paths start from the folder
        that the server is started in.

        In the environment file a line is empty, a comment, or `KEY=value`, with `export ` before it if you like.
        `#` begins a comment at the start of a line and after a blank outside quotes. Single quotes keep everything
        as it is; double quotes know `\\\\`, `\\"`, `\\$`, `\\n`, `\\r` and `\\t`. Nothing is expanded. Lines may
        end with CRLF. A key given twice is an error.

        `--unsafe-no-sandbox` is a flag only: it turns all protection off, and then nothing but 127.0.0.1, ::1 or a
        Unix socket may be listened on.
        """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}
