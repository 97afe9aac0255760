// SPDX-License-Identifier: Apache-2.0

/// A version of a helper: numbers with dots between them.
struct HelperVersion: Sendable, Comparable, CustomStringConvertible {
    let numbers: [Int]

    /// Finds the first version in what a helper prints about itself; nil where there is none.
    init?(in text: some StringProtocol) {
        let words = text.prefix(1024).split { !($0.isASCII && ($0.isNumber || $0 == ".")) }
        for word in words {
            let parts = word.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
            let numbers = parts.compactMap { $0 }
            if numbers.count > 1, numbers.count == parts.count, numbers.count < 6 {
                self.numbers = numbers
                return
            }
        }
        return nil
    }

    var description: String {
        numbers.map(String.init).joined(separator: ".")
    }

    static func < (lhs: HelperVersion, rhs: HelperVersion) -> Bool {
        for index in 0..<max(lhs.numbers.count, rhs.numbers.count) {
            let left = index < lhs.numbers.count ? lhs.numbers[index] : 0
            let right = index < rhs.numbers.count ? rhs.numbers[index] : 0
            if left != right { return left < right }
        }
        return false
    }

    static func == (lhs: HelperVersion, rhs: HelperVersion) -> Bool {
        !(lhs < rhs) && !(rhs < lhs)
    }
}
