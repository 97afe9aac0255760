// SPDX-License-Identifier: Apache-2.0

/// Makes names of metrics and labels out of any text.
///
/// Source: Prometheus, "Data model", metric names and labels: `[a-zA-Z_:][a-zA-Z0-9_:]*`, and the same
/// without colons for labels, where names that begin with two underscores are reserved.
enum MetricName {
    /// A name of a metric; what can't be in one is an underscore.
    static func metric(_ text: String, limit: Int) -> String {
        sanitised(text, limit: limit, allowsColon: true)
    }

    /// A name of a label; what can't be in one is an underscore.
    static func label(_ text: String, limit: Int) -> String {
        var name = sanitised(text, limit: limit, allowsColon: false)[...]
        while name.hasPrefix("__") { name = name.dropFirst() }
        return String(name)
    }

    private static func sanitised(_ text: String, limit: Int, allowsColon: Bool) -> String {
        var name: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard name.count < limit else { break }
            switch scalar {
            case "a"..."z", "A"..."Z", "_":
                name.append(UInt8(truncatingIfNeeded: scalar.value))
            case "0"..."9":
                if name.isEmpty { name.append(UInt8(ascii: "_")) }
                name.append(UInt8(truncatingIfNeeded: scalar.value))
            case ":" where allowsColon:
                name.append(UInt8(ascii: ":"))
            default:
                name.append(UInt8(ascii: "_"))
            }
        }
        return name.isEmpty ? "_" : String(decoding: name, as: UTF8.self)
    }
}
