// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPCore
internal import ContainerMCPProtocol
internal import Glibc
internal import Logging
internal import Synchronization

/// Writes log lines to standard error.
struct LineLogHandler: LogHandler {
    /// Lines above this number a second are dropped and counted.
    private static let linesPerSecond = 200
    private static let window = Mutex((second: Int64(0), lines: 0, dropped: 0))

    let label: String
    let format: LoggingSettings.Format
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    init(label: String, format: LoggingSettings.Format) {
        self.label = label
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        let second = Int64(now.tv_sec)
        let dropped: Int? = Self.window.withLock { window in
            if window.second != second { window = (second, 0, window.dropped) }
            guard window.lines < Self.linesPerSecond else {
                window.dropped += 1
                return nil
            }
            window.lines += 1
            defer { window.dropped = 0 }
            return window.dropped
        }
        guard let dropped else { return }
        if dropped > 0 { write(level: .warning, "\(dropped) log lines were dropped", [:], now) }
        var all = metadata
        all.merge(event.metadata ?? [:]) { _, new in new }
        write(level: event.level, event.message.description, all, now)
    }

    private func write(level: Logger.Level, _ message: String, _ metadata: Logger.Metadata, _ now: timespec) {
        let time = Self.text(now)
        switch format {
        case .text:
            let details = metadata.sorted { $0.key < $1.key }.map {
                " \($0.key)=\(Self.escaped("\($0.value)"))"
            }
            StandardError.write("\(time) \(level.rawValue) \(Self.escaped(message))\(details.joined())\n")
        case .json:
            var object: JSONObject = ["time": .string(time), "level": .string(level.rawValue)]
            object["message"] = .string(message)
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { object[key] = .string("\(value)") }
            StandardError.write(JSONValue.object(object).encodedString() + "\n")
        }
    }

    /// Control characters would let a caller's text forge lines.
    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return text
        }
        return text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
        }.joined()
    }

    private static func text(_ time: timespec) -> String {
        var seconds = time.tv_sec
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        let (year, month, day) = unsafe (Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday))
        let ofDay = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(year)-\(padded(month, 2))-\(padded(day, 2))"
        let clock = ofDay.map { padded(Int($0), 2) }.joined(separator: ":")
        return "\(date)T\(clock).\(padded(Int(time.tv_nsec) / 1_000_000, 3))Z"
    }
}
