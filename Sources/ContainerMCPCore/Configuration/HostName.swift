// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Names and addresses of hosts as they stand in settings.
enum HostName {
    /// Lower case, IPv6 without brackets; nil for anything with a port, a path, or letters outside ASCII.
    static func normalized(_ text: String) -> String? {
        let name = SettingText.lowercased(text)
        if name.hasPrefix("["), name.hasSuffix("]") {
            let inner = String(name.dropFirst().dropLast())
            return addressBytes(inner)?.count == 16 ? inner : nil
        }
        return addressBytes(name) != nil || isName(name) ? name : nil
    }

    /// Labels of letters, digits and `-`, as RFC 1123 has them; `_` is allowed, since containers use it.
    static func isName(_ name: String) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, let last = labels.last else { return false }
        let isNumeric = last.utf8.allSatisfy(SettingText.isDigit)
        return labels.allSatisfy(isLabel) && (!isNumeric || addressBytes(name) != nil)
    }

    /// 4 or 16 bytes for an address written in the usual way; nil for everything else.
    static func addressBytes(_ text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            let result = unsafe bytes.withUnsafeMutableBytes {
                unsafe inet_pton(family, text, $0.baseAddress)
            }
            if result == 1 { return bytes }
        }
        return nil
    }

    /// The two addresses that nobody from outside can reach.
    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "127.0.0.1"
            || addressBytes(host) == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// `0.0.0.0` and `::`, which mean every address of the machine.
    static func isUnspecified(_ host: String) -> Bool {
        addressBytes(host)?.allSatisfy { $0 == 0 } ?? false
    }

    private static func isLabel(_ label: Substring) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard (1...63).contains(label.utf8.count), label.utf8.first != hyphen, label.utf8.last != hyphen
        else {
            return false
        }
        return label.utf8.allSatisfy {
            SettingText.isLowerLetter($0) || SettingText.isDigit($0) || $0 == hyphen
                || $0 == SettingText.underscore
        }
    }
}
