// SPDX-License-Identifier: Apache-2.0

/// Which series there are: so many, and no two that a reader could not tell apart.
struct MetricRegistry: Sendable {
    private struct Place: Sendable {
        let name: String
        let labels: LabelSet
    }

    private let limits: MetricLimits
    private(set) var families: [String: MetricFamily] = [:]
    /// How often a set of labels or a name found no room.
    private(set) var refusals: UInt64 = 0
    /// The names of all samples; a histogram has more than one.
    private var sampleNames: Set<String>
    private var places: [ObjectIdentifier: Place] = [:]
    private var labelBytes = 0

    /// Makes an empty registry.
    ///
    /// - Parameters:
    ///   - reserved: Names that nobody may take.
    ///   - limits: How much it holds.
    init(reserved: [String], limits: MetricLimits) {
        self.limits = limits
        sampleNames = Set(reserved)
    }

    /// The series of a name and labels; made where it is not there yet.
    ///
    /// - Parameters:
    ///   - label: The name, anything. Where another kind of metric has it, the kind is added to it.
    ///   - dimensions: The labels, anything.
    ///   - kind: What it is; always the same for one type of series.
    /// - Returns: The series; where there is no room, the one of its name for such cases, or one that is
    ///   never shown.
    mutating func series<Series: MetricSeries>(
        _ label: String,
        _ dimensions: [(String, String)],
        _ kind: MetricKind
    ) -> Series {
        guard let name = place(for: label, kind), var family = families[name] else {
            refusals &+= 1
            return Series()
        }
        let labels = LabelSet(dimensions, for: kind, limits: limits)
        if let known = family.series[labels] as? Series { return known }
        let isOverflow = labels == .overflow
        let hasRoom =
            family.series.count < limits.labelSetsOfName && places.count < limits.labelSets
            && labelBytes + labels.bytes.count <= limits.labelBytes
        guard !isOverflow, hasRoom else {
            if !isOverflow { refusals &+= 1 }
            if let overflow = family.overflow as? Series { return overflow }
            let overflow = Series()
            family.overflow = overflow
            families[name] = family
            return overflow
        }
        let series = Series()
        family.series[labels] = series
        families[name] = family
        places[ObjectIdentifier(series)] = Place(name: name, labels: labels)
        labelBytes += labels.bytes.count
        return series
    }

    /// Takes a series out; what is recorded to it later is not shown.
    ///
    /// - Parameter series: Anything; what is not in the registry changes nothing, nor does a series for what
    ///   found no room, which belongs to many.
    mutating func remove(_ series: AnyObject) {
        guard let place = places.removeValue(forKey: ObjectIdentifier(series)) else { return }
        labelBytes -= place.labels.bytes.count
        guard var family = families[place.name] else { return }
        family.series[place.labels] = nil
        families[place.name] = family
        guard family.series.isEmpty, family.overflow == nil else { return }
        families[place.name] = nil
        sampleNames.subtract(family.kind.sampleNames(place.name))
    }

    /// Finds the family for a name, or makes it.
    private mutating func place(for label: String, _ kind: MetricKind) -> String? {
        let name = MetricName.metric(label, limit: limits.nameBytes)
        for candidate in [name, "\(name)_\(kind.rawValue)"] {
            if let family = families[candidate] {
                if family.kind == kind { return candidate }
                continue
            }
            let samples = kind.sampleNames(candidate)
            guard families.count < limits.names, sampleNames.isDisjoint(with: samples) else { continue }
            sampleNames.formUnion(samples)
            families[candidate] = MetricFamily(name: candidate, kind: kind)
            return candidate
        }
        return nil
    }
}
