// SPDX-License-Identifier: Apache-2.0

/// Writes one event as one line of JSON that no terminal and no parser can be fooled with.
struct AuditLine {
    /// No line is longer, so that one write to the file is one line: 1 MiB.
    static let maximumBytes = 1_048_576

    /// The most that is kept of a field, in bytes before escaping; names of tools and sessions come from
    /// strangers.
    private static let maximumField = 1_024
    private static let maximumAttributes = 256
    /// Escaping can make six bytes of one, and all the rest of the line stays below 256 fields' worth.
    private static let maximumText = 131_072

    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    init(_ event: AuditEvent, time: AuditTime, keepsFullText: Bool) {
        bytes.reserveCapacity(512)
        bytes.append(UInt8(ascii: "{"))
        field("time", time.description)
        field("kind", event.kind.rawValue)
        field("session", event.session)
        field("subject", event.subject)
        field("peer", event.peer)
        field("request", event.request)
        field("tool", event.tool)
        field("arguments_sha256", event.arguments?.sha256)
        field("arguments_bytes", event.arguments?.byteCount)
        if keepsFullText { argumentsText(event.arguments) }
        field("decision", event.decision)
        field("rule", event.rule)
        field("mechanism", event.mechanism)
        field("outcome", event.outcome)
        field("exit_code", event.exitCode)
        field("signal", event.signal)
        field("stdout_bytes", event.stdoutBytes)
        field("stderr_bytes", event.stderrBytes)
        field("dropped_bytes", event.droppedBytes)
        field("reply_bytes", event.replyBytes)
        field("duration_ms", event.duration.map(Self.milliseconds))
        field("detail", event.detail)
        attributes(event.attributes)
        bytes += Array("}\n".utf8)
    }

    private mutating func argumentsText(_ arguments: AuditArguments?) {
        guard let arguments else { return }
        field("arguments", arguments.text, limit: Self.maximumText)
        if arguments.byteCount > Self.maximumText { name("arguments_cut"); bytes += Array("true".utf8) }
    }

    private mutating func attributes(_ attributes: [String: String]) {
        guard !attributes.isEmpty else { return }
        name("attributes")
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
        // Half of what is left of the line, so that the whole always fits.
        let room = bytes.count + (Self.maximumBytes - bytes.count) / 2
        for (key, value) in attributes.sorted(by: { $0.key < $1.key }).prefix(Self.maximumAttributes) {
            guard bytes.count < room - 12 * Self.maximumField else { break }
            field(key, value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func field(_ key: String, _ value: Int?) {
        guard let value else { return }
        name(key)
        bytes += Array(String(value).utf8)
    }

    private mutating func field(_ key: String, _ value: String?, limit: Int = AuditLine.maximumField) {
        guard let value else { return }
        name(key)
        string(value, limit: limit)
    }

    private mutating func name(_ key: String) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        string(key, limit: Self.maximumField)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Control characters, and those that are invisible or turn the direction of text, are escaped.
    private mutating func string(_ text: String, limit: Int) {
        bytes.append(UInt8(ascii: "\""))
        var count = 0
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            guard count + width <= limit else {
                bytes += Array("…".utf8)
                break
            }
            count += width
            append(scalar)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x22, 0x5C:
            bytes += [0x5C, UInt8(truncatingIfNeeded: scalar.value)]
        case 0x20...0x7E:
            bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        case 0...0x1F, 0x7F...0x9F:
            escape(UInt16(truncatingIfNeeded: scalar.value))
        default:
            switch scalar.properties.generalCategory {
            case .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                for unit in UTF16.encode(scalar) ?? .init() { escape(unit) }
            default:
                bytes += Array(UTF8.encode(scalar) ?? .init())
            }
        }
    }

    private mutating func escape(_ unit: UInt16) {
        let digits = Array("0123456789abcdef".utf8)
        bytes += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
        for shift in stride(from: 12, through: 0, by: -4) {
            bytes.append(digits[Int(unit >> UInt16(shift)) & 15])
        }
    }

    /// Whole milliseconds; what is longer than a computer lives is cut.
    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        let bounded = min(max(seconds, -1_000_000_000_000), 1_000_000_000_000)
        return Int(bounded) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
