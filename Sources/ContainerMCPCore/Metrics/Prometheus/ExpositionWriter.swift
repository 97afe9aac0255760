// SPDX-License-Identifier: Apache-2.0

/// Writes metrics in the text format of Prometheus, version 0.0.4.
///
/// Source: Prometheus, "Exposition formats", text-based format:
/// <https://prometheus.io/docs/instrumenting/exposition_formats/>.
struct ExpositionWriter {
    /// What was written; every line ends with a line feed.
    private(set) var bytes: [UInt8] = []

    /// Writes what a metric is, which comes before its samples.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - type: The word for its type.
    ///   - description: One sentence for people, already escaped; empty for none.
    mutating func begin(_ name: String, type: String, description: [UInt8]) {
        if !description.isEmpty {
            bytes.append(contentsOf: "# HELP \(name) ".utf8)
            bytes.append(contentsOf: description)
            bytes.append(UInt8(ascii: "\n"))
        }
        bytes.append(contentsOf: "# TYPE \(name) \(type)\n".utf8)
    }

    /// Writes all samples of a series.
    mutating func write(_ name: String, _ labels: LabelSet? = nil, _ reading: MetricReading) {
        let labels = labels?.bytes ?? []
        switch reading {
        case .integer(let value): line(name, labels, value: String(value))
        case .decimal(let value): line(name, labels, value: Self.text(value))
        case .histogram(let reading):
            // The count is the sum of the buckets, so that the two agree at any moment.
            var count: UInt64 = 0
            for (index, inBucket) in reading.counts.enumerated() {
                count &+= inBucket
                let bound = index < reading.bounds.count ? reading.bounds[index] : "+Inf"
                line(name + "_bucket", labels, bound: bound, value: String(count))
            }
            line(name + "_sum", labels, value: Self.text(reading.sum))
            line(name + "_count", labels, value: String(count))
        }
    }

    private mutating func line(_ name: String, _ labels: [UInt8], bound: String? = nil, value: String) {
        bytes.append(contentsOf: name.utf8)
        if !labels.isEmpty || bound != nil {
            bytes.append(UInt8(ascii: "{"))
            bytes.append(contentsOf: labels)
            if let bound {
                if !labels.isEmpty { bytes.append(UInt8(ascii: ",")) }
                bytes.append(contentsOf: "le=\"\(bound)\"".utf8)
            }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: value.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// A number as the format has it: what Go's `ParseFloat` takes, and `NaN`, `+Inf`, `-Inf`.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Whole numbers have no decimals, as long as all of them can be told apart.
        if value.magnitude < 0x1p53, let whole = Int64(exactly: value) { return String(whole) }
        return "\(value)"
    }
}
