// SPDX-License-Identifier: Apache-2.0

extension SettingsReader {
    /// Names in the process environment that begin like ours and are no settings: tests record with this one.
    private static let reserved: Set<String> = ["CMCP_RECORD"]

    /// The most variables that are compared with ours for typing errors.
    private static let maximumCompared = 2_000

    mutating func checkNames(flags: [String: String], environment: [String: String]) {
        for name in flags.keys.sorted() {
            checkFlag(name)
        }
        var compared = 0
        for name in environment.keys.sorted()
        where SettingKey.named(name) == nil && !Self.reserved.contains(name) {
            compared += 1
            if compared <= Self.maximumCompared { checkVariable(name) }
        }
        for entry in file?.entries ?? [] where SettingKey.named(entry.key) == nil {
            checkEntry(entry)
        }
    }

    private mutating func checkFlag(_ name: String) {
        let shown = SettingText.shown(name)
        if let key = SettingKey.named(name) {
            guard key.isSecret else { return }
            let other = key == .authToken ? ", or name a file with MCP_AUTH_TOKEN_FILE" : ""
            refuse(
                [name],
                "\(name) (flag): everybody on this machine can see flags. Set it in the environment or in the "
                    + "environment file\(other)."
            )
        } else if let retired = RetiredSetting.matching(name) {
            refuse([name], "\(shown) (flag): is not used any more: \(retired.advice).")
        } else {
            refuse([name], "\(shown) (flag): unknown key. \(Self.advice(name))")
        }
    }

    private mutating func checkVariable(_ name: String) {
        let shown = SettingText.shown(name)
        if let retired = RetiredSetting.matching(name) {
            warn("\(shown) (environment) is not used any more: \(retired.advice).")
        } else if name.hasPrefix("CMCP_") {
            refuse(
                [name],
                "\(shown) (environment): unknown key. \(Self.advice(name))\(Self.serviceAdvice(name))"
            )
        } else if let key = SimilarName.of(name) {
            warn("\(shown) (environment) is no setting. Did you mean \(key)?")
        }
    }

    private mutating func checkEntry(_ entry: EnvironmentFile.Entry) {
        let shown = SettingText.shown(entry.key)
        let place = "line \(entry.line) of the environment file"
        if let retired = RetiredSetting.matching(entry.key) {
            warn("\(shown) (\(place)) is not used any more: \(retired.advice).")
        } else {
            refuse([entry.key], "\(shown) (\(place)): unknown key. \(Self.advice(entry.key))")
        }
    }

    private static func advice(_ name: String) -> String {
        SimilarName.of(name).map { "Did you mean \($0)?" } ?? "Remove it; `cmcp-cli config` lists every key."
    }

    /// A service named `cmcp` fills the environment of every pod with names that begin like ours.
    private static func serviceAdvice(_ name: String) -> String {
        guard name.hasPrefix("CMCP_SERVICE_") || name.hasPrefix("CMCP_PORT") else { return "" }
        return
            " Kubernetes sets it for a service named 'cmcp': rename the service, or set enableServiceLinks: false."
    }
}
