// SPDX-License-Identifier: Apache-2.0

/// The settings as an operator and as a model may see them.
public struct ConfigurationReport: Sendable, Equatable {
    /// One key.
    public struct Row: Sendable, Equatable {
        /// The name of the key.
        public let key: String
        /// The effective value; a mask for a secret that is set; nil for none.
        public let value: String?
        /// Where it came from.
        public let origin: SettingOrigin
        /// The documented default; nil for none.
        public let defaultValue: String?
        /// The value is a secret and masked.
        public let isSecret: Bool
    }

    /// One variable as `system_env_var` shows it.
    public struct Variable: Sendable, Equatable {
        /// The name of the key.
        public let name: String
        /// The value as a child sees it; empty for none.
        public let value: String
    }

    /// Every key, in the order of the documentation.
    public let rows: [Row]
    /// What `system_env_var` shows: no secrets, no places on the host.
    public let visibleVariables: [Variable]

    /// Reports settings.
    public init(_ settings: Settings) {
        rows = SettingKey.all.map { key in
            let entry = settings.entries[key.name]
            return Row(
                key: key.name,
                value: entry?.text,
                origin: entry?.origin ?? .default,
                defaultValue: key.defaultText,
                isSecret: key.isSecret
            )
        }
        visibleVariables = SettingKey.all.compactMap { key in
            switch key.visibility {
            case .hidden: nil
            case .fixed(let text): Variable(name: key.name, value: text)
            case .value: Variable(name: key.name, value: settings.entries[key.name]?.text ?? "")
            }
        }
    }

    /// The value of a visible variable; nil for every other name, whether it exists or not.
    public func visibleValue(of name: String) -> String? {
        visibleVariables.first { $0.name == name }?.value
    }
}
