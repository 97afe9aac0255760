// SPDX-License-Identifier: Apache-2.0

/// Keys that have just come.
struct FetchedKeys: Sendable {
    let keys: VerificationKeys
    /// For how long they are good.
    let life: Duration

    init(keys: VerificationKeys, cacheControl: String?) {
        self.keys = keys
        life = Self.life(cacheControl)
    }

    /// Ten minutes, unless the server says something between a minute and a day (RFC 9111, section 5.2.2).
    static func life(_ cacheControl: String?) -> Duration {
        let range = 60...86_400
        for directive in (cacheControl ?? "").split(separator: ",") {
            let parts = directive.split(separator: "=", maxSplits: 1)
            let name = parts.first.map { ASCIIText.trimmed($0).lowercased() }
            if name == "no-store" || name == "no-cache" { return .seconds(range.lowerBound) }
            guard name == "max-age", parts.count == 2 else { continue }
            let digits = ASCIIText.trimmed(parts[1]).utf8.filter { $0 != UInt8(ascii: "\"") }
            guard !digits.isEmpty, digits.allSatisfy(ASCIIText.isDigit) else { continue }
            let seconds = digits.count > 9 ? range.upperBound : Int(String(decoding: digits, as: UTF8.self))
            return .seconds(min(max(seconds ?? 0, range.lowerBound), range.upperBound))
        }
        return .seconds(600)
    }
}
