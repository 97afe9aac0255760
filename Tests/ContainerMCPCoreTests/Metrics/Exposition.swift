// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPCore

/// What a registry shows, read line by line as strictly as Prometheus does.
struct Exposition {
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    let text: String
    /// The value of each sample by its name and labels as they stand in the line.
    private(set) var samples: [String: String] = [:]
    /// The type of each metric by its name.
    private(set) var types: [String: String] = [:]
    /// By bytes, as Prometheus tells them apart; strings can be equal that have other bytes.
    private var known: Set<ArraySlice<UInt8>> = []

    init(_ metrics: PrometheusMetrics) throws {
        let bytes = metrics.exposition()
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Malformed(description: "no UTF-8")
        }
        guard bytes.last == UInt8(ascii: "\n") else {
            throw Malformed(description: "no line feed at the end")
        }
        self.text = text
        for line in bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            try read(line)
        }
    }

    private mutating func read(_ line: ArraySlice<UInt8>) throws {
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("# HELP ") { return }
        if text.hasPrefix("# TYPE ") {
            let words = text.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
            guard words.count == 4, ["counter", "gauge", "histogram"].contains(words[3]),
                types.updateValue(words[3], forKey: words[2]) == nil
            else { throw Malformed(description: text) }
            return
        }
        guard let end = Self.endOfSample(line), end < line.endIndex, line[end] == UInt8(ascii: " ") else {
            throw Malformed(description: text)
        }
        let sample = String(decoding: line[..<end], as: UTF8.self)
        let value = String(decoding: line[(end + 1)...], as: UTF8.self)
        guard Double(value.lowercased()) != nil, known.insert(line[..<end]).inserted else {
            throw Malformed(description: text)
        }
        samples[sample] = value
    }

    /// Where name and labels end; nil where they are malformed.
    private static func endOfSample(_ line: ArraySlice<UInt8>) -> Int? {
        guard var index = endOfName(line, line.startIndex, allowsColon: true), index < line.endIndex
        else { return nil }
        guard line[index] == UInt8(ascii: "{") else { return index }
        var names: Set<ArraySlice<UInt8>> = []
        repeat {
            let start = index + 1
            guard let end = endOfName(line, start, allowsColon: false),
                names.insert(line[start..<end]).inserted,
                line[end...].starts(with: "=\"".utf8)
            else { return nil }
            index = end + 2
            while index < line.endIndex, line[index] != UInt8(ascii: "\"") {
                if line[index] == UInt8(ascii: "\\") {
                    index += 1
                    guard index < line.endIndex, #"\"n"#.utf8.contains(line[index]) else { return nil }
                }
                index += 1
            }
            index += 1
        } while index < line.endIndex && line[index] == UInt8(ascii: ",")
        guard index < line.endIndex, line[index] == UInt8(ascii: "}") else { return nil }
        return index + 1
    }

    private static func endOfName(_ line: ArraySlice<UInt8>, _ start: Int, allowsColon: Bool) -> Int? {
        let end = line[start...].firstIndex { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "_"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                false
            case UInt8(ascii: ":"): !allowsColon
            default: true
            }
        }
        let name = line[start..<(end ?? line.endIndex)]
        guard let first = name.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        else { return nil }
        return name.endIndex
    }

    subscript(sample: String) -> String? { samples[sample] }

    /// The lines about one metric, with those of its type and description.
    func block(_ name: String) -> String {
        text.split(separator: "\n").filter { line in
            ["# HELP \(name) ", "# TYPE \(name) ", "\(name) ", "\(name){", "\(name)_"]
                .contains { line.hasPrefix($0) }
        }.joined(separator: "\n")
    }
}
