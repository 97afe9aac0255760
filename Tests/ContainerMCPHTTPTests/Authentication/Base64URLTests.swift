// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import Testing

@Suite struct Base64URLTests {
    @Test func `everything that was encoded comes back`() {
        for count in 0..<64 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 251) }
            #expect(Base64URL.decode(SigningKey.encoded(bytes).utf8) == bytes)
        }
    }

    @Test(arguments: ["A", "AA=", "AA==", "AB", "AAB", "AAAAA", "A A", "+A", "/A", "A\n", "é", "AA.AA"])
    func `what could be written in two ways is refused`(text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }
}
