// SPDX-License-Identifier: Apache-2.0

/// An environment file in which every setting stands as a comment, made from the table that reads them.
public enum EnvironmentTemplate {
    /// The text of the file: for each key what it does, what it takes, and a line with its default.
    ///
    /// Of a key without a default the line ends behind the equals sign.
    public static func text() -> String {
        var lines = introduction
        for section in SettingKey.Section.allCases {
            lines += ["", "", "# \(section.rawValue)"]
            for key in SettingKey.all where key.section == section {
                let derived = key.derivedDefault.map { " If left out: \($0)." } ?? ""
                lines += [
                    "", "# \(key.summary)", "# Takes \(key.kind.values).\(derived)",
                    "#\(key.name)=\(key.defaultText ?? "")",
                ]
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let introduction = [
        "# Settings of the server, which reads config/custom.env at its start. Every line is a comment, and shows a",
        "# key with its default: take away the # to set it. docs/configuration.md says more; cmcp-cli config shows",
        "# what is in force. What the process environment holds comes before what stands here.",
    ]
}
