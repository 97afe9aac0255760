// SPDX-License-Identifier: Apache-2.0

/// Reads and checks all settings, and notes every problem instead of stopping at the first.
///
/// A faulty key stands in with its default, only so that the other keys can be checked too.
struct SettingsReader {
    let directory: String
    let file: EnvironmentFile?
    private(set) var problems: [SettingsError.Problem] = []
    private(set) var warnings: [String]
    private(set) var entries: [String: SettingEntry] = [:]
    private var values: [String: SettingValue] = [:]
    private var faulty: Set<String> = []

    init(sources: SettingSources, file: EnvironmentFile?, directory: String) {
        self.directory = directory
        self.file = file
        self.warnings = file?.warnings ?? []
        for key in SettingKey.all {
            read(key, from: sources)
        }
    }

    private mutating func read(_ key: SettingKey, from sources: SettingSources) {
        guard let (text, origin) = sources.read(key) else {
            entries[key.name] = SettingEntry(text: nil, origin: .default)
            return
        }
        do {
            let value = try key.kind.parse(text, directory: directory)
            values[key.name] = value
            entries[key.name] = SettingEntry(
                text: key.isSecret ? SettingText.mask : value.text,
                origin: origin
            )
        } catch {
            faulty.insert(key.name)
            refuse([key.name], Self.message(key, text, place(of: key, origin), error))
            let value = key.defaultText.flatMap { try? key.kind.parse($0, directory: directory) }
            values[key.name] = value
            entries[key.name] = SettingEntry(text: value?.text, origin: .default)
        }
    }

    private static func message(_ key: SettingKey, _ text: String, _ place: String, _ fault: SettingFault)
        -> String
    {
        if key == .port, text.utf8.starts(with: "tcp://".utf8) || text.utf8.starts(with: "udp://".utf8) {
            return
                "MCP_PORT=\(SettingText.shown(text)) (\(place)): Kubernetes sets this for a service named 'mcp'. "
                + "Rename the service, set enableServiceLinks: false in the pod, or give --port \(key.kind.values)."
        }
        let shown = key.isSecret || fault.hidesValue ? SettingText.mask : SettingText.shown(text)
        return "\(key.name)=\(shown) (\(place)): \(fault.reason). Give \(key.kind.values)."
    }

    private func place(of key: SettingKey, _ origin: SettingOrigin) -> String {
        switch origin {
        case .flag: return "flag"
        case .environment: return "environment"
        case .file:
            let line = file?.entries.first { $0.key == key.name }?.line
            return line.map { "line \($0) of the environment file" } ?? "environment file"
        case .default, .testMode: return "default"
        }
    }

    // Each getter falls back to something harmless, and notes a problem, should the table and its reader
    // disagree.

    mutating func boolean(_ key: SettingKey) -> Bool {
        guard case .boolean(let value) = values[key.name] else { return disagree(key, false) }
        return value
    }

    mutating func integer(_ key: SettingKey) -> Int {
        guard case .integer(let value) = values[key.name] else { return disagree(key, 1) }
        return value
    }

    mutating func list(_ key: SettingKey) -> [String] {
        guard case .list(let words) = values[key.name] else { return disagree(key, []) }
        return words
    }

    mutating func path(_ key: SettingKey) -> String {
        guard case .text(let path) = values[key.name] else { return disagree(key, "/nonexistent") }
        return path
    }

    mutating func word<Word: RawRepresentable<String>>(_ key: SettingKey, otherwise: Word) -> Word {
        guard case .text(let text) = values[key.name], let word = Word(rawValue: text) else {
            return disagree(key, otherwise)
        }
        return word
    }

    func text(_ key: SettingKey) -> String? {
        guard case .text(let text) = values[key.name] else { return nil }
        return text
    }

    func secret(_ key: SettingKey) -> SecretText? {
        text(key).map { SecretText($0) }
    }

    /// Bytes from a number of kilobytes or megabytes; the ranges of the table keep the product small.
    mutating func bytes(_ key: SettingKey) -> Int {
        guard case .integer(_, let unit) = key.kind else { return disagree(key, 1) }
        return integer(key) &* (unit == .kilobytes ? 1_024 : 1_048_576)
    }

    func isSet(_ key: SettingKey) -> Bool {
        entries[key.name].map { $0.origin != .default } ?? false
    }

    func isFaulty(_ key: SettingKey) -> Bool {
        faulty.contains(key.name)
    }

    /// Gives a key that nobody set the value that follows from other settings.
    mutating func derive(_ key: SettingKey, _ value: SettingValue) {
        guard !isSet(key) else { return }
        replace(key, value)
    }

    mutating func replace(_ key: SettingKey, _ value: SettingValue) {
        values[key.name] = value
        entries[key.name]?.text = value.text
    }

    mutating func refuse(_ keys: [String], _ message: String) {
        problems.append(.init(keys: keys, message: message))
    }

    /// Notes a contradiction, unless one of the keys is wrong by itself and the contradiction may only follow
    /// from that.
    mutating func refuse(_ keys: SettingKey..., because message: String) {
        guard !keys.contains(where: isFaulty) else { return }
        refuse(keys.map(\.name), message)
    }

    mutating func warn(_ text: String) {
        warnings.append(text)
    }

    private mutating func disagree<Value>(_ key: SettingKey, _ value: Value) -> Value {
        refuse([key.name], "\(key.name) is read in another way than the table of settings says; report this.")
        return value
    }
}
