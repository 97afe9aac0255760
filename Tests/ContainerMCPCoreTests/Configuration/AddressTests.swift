// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct AddressTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ("192.0.2.128/25", "192.0.2.128", true), ("192.0.2.128/25", "192.0.2.127", false),
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "192.0.2.1", false), ("fd00::/8", "fdff::1", true),
        ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
        ("::1", "::1", true),
    ])
    func `a range holds the addresses that begin like it`(range: String, address: String, isInside: Bool)
        throws
    {
        let bytes = try #require(AddressRange.bytes(address))
        #expect(try #require(AddressRange(range)).contains(bytes) == isInside)
    }

    @Test(arguments: ["", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8/8", "host", "10.0.0.0/x", "/8"])
    func `what is no range is none`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(arguments: [
        ("https://I.Example/Realm", "https", "i.example", 443, "/Realm", "https://i.example", true),
        ("http://127.0.0.1:8080/x", "http", "127.0.0.1", 8_080, "/x", "http://127.0.0.1:8080", true),
        ("http://[::1]:9", "http", "::1", 9, "", "http://[::1]:9", true),
        ("http://i.example/", "http", "i.example", 80, "/", "http://i.example", false),
    ])
    func `an address is taken apart`(
        text: String,
        scheme: String,
        host: String,
        port: Int,
        path: String,
        origin: String,
        isSecure: Bool
    ) throws {
        let address = try #require(WebAddress(text))
        #expect(address.scheme == scheme && address.host == host && address.port == port)
        #expect(address.path == path && address.origin == origin && address.isSecure == isSecure)
        #expect(address.text == origin + path)
    }

    @Test(arguments: [
        "", "i.example", "ftp://i.example", "https://u@i.example", "https://i.example/?q",
        "https://i.example/#f",
        "https://", "https://i.example:0", "https://i.example/a b", "https://i.example\r\n",
    ])
    func `what is no plain address is none`(text: String) {
        #expect(WebAddress(text) == nil)
    }
}
