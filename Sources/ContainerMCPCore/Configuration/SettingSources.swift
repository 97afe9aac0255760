// SPDX-License-Identifier: Apache-2.0

import Configuration

/// The places that settings come from, asked in the order flags, environment, file, defaults.
///
/// The values stand in memory as text and only throwing accessors are used: the ones that take a default
/// swallow what they can't read.
struct SettingSources {
    private let reader: ConfigReader
    private let recorder: OriginRecorder

    init(flags: [String: String], environment: [String: String], file: EnvironmentFile?) {
        let fileValues = Dictionary(
            (file?.entries ?? []).map { ($0.key, $0.value) },
            uniquingKeysWith: { $1 }
        )
        let defaults = Dictionary(
            SettingKey.all.compactMap { key in key.defaultText.map { (key.name, $0) } },
            uniquingKeysWith: { $1 }
        )
        let ordered: [(SettingOrigin, [String: String])] = [
            (.flag, flags), (.environment, environment), (.file, fileValues), (.default, defaults),
        ]
        let providers = ordered.map { origin, values in
            (origin, InMemoryProvider(name: origin.rawValue, values: Self.known(values)))
        }
        recorder = OriginRecorder(
            names: Dictionary(providers.map { ($1.providerName, $0) }, uniquingKeysWith: { $1 })
        )
        reader = ConfigReader(providers: providers.map { $1 as any ConfigProvider }, accessReporter: recorder)
    }

    /// The text of the strongest place that has the key; nil when none has it.
    func read(_ key: SettingKey) -> (text: String, origin: SettingOrigin)? {
        // The accessor throws exactly when no place has the key: all values are strings.
        guard let text = try? reader.requiredString(forKey: ConfigKey([key.name]), isSecret: key.isSecret)
        else {
            return nil
        }
        return (text, recorder.last(key.name) ?? .default)
    }

    private static func known(_ values: [String: String]) -> [AbsoluteConfigKey: ConfigValue] {
        var result: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, text) in values {
            guard let key = SettingKey.named(name) else { continue }
            result[AbsoluteConfigKey([name])] = ConfigValue(.string(text), isSecret: key.isSecret)
        }
        return result
    }
}
