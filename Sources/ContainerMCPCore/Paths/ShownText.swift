// SPDX-License-Identifier: Apache-2.0

/// Text from a caller, made fit to be quoted in a message: cut, and with nothing in it that could hide or
/// forge anything.
struct ShownText: CustomStringConvertible {
    /// At most 200 characters of the text; each that is invisible, a control, a quote or a backslash as
    /// `\u{…}`.
    let description: String

    init(_ text: some StringProtocol) {
        var shown = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < 200 else {
                shown += "…"
                break
            }
            count += 1
            if scalar == "\\" || scalar == "'" || scalar == "\"" || NameRules.isHidden(scalar) {
                shown += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        description = shown
    }
}
