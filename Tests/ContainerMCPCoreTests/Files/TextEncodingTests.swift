// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct TextEncodingTests {
    private static let unicode: [TextEncoding] = [
        .utf8, .utf8WithMark, .utf16, .utf16LittleEndian, .utf16BigEndian, .utf32, .utf32LittleEndian,
        .utf32BigEndian,
    ]

    @Test(arguments: unicode, ["", "a\r\nb\n\r", "Grüße 😀\u{0}", "e\u{301}\u{FFFF}"])
    func `text comes back as it was, line ends and all`(encoding: TextEncoding, text: String) throws {
        let bytes = try #require(encoding.encode(text))
        let back = try #require(encoding.decode(bytes[...]))
        #expect(Array(back.utf8) == Array(text.utf8))
    }

    @Test func `bytes are those of the standards`() {
        #expect(TextEncoding.utf8WithMark.encode("a") == [0xEF, 0xBB, 0xBF, 0x61])
        #expect(TextEncoding.utf16.encode("a😀") == [0xFF, 0xFE, 0x61, 0, 0x3D, 0xD8, 0, 0xDE])
        #expect(TextEncoding.utf16BigEndian.encode("a") == [0, 0x61])
        #expect(TextEncoding.utf32.encode("a") == [0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0])
        #expect(TextEncoding.utf32BigEndian.encode("😀") == [0, 1, 0xF6, 0])
        #expect(TextEncoding.latin1.encode("ÿ") == [0xFF])
    }

    @Test func `byte order marks decide, are taken off, or are kept`() {
        #expect(TextEncoding.utf16.decode([0xFE, 0xFF, 0, 0x61]) == "a")
        #expect(TextEncoding.utf16.decode([0x61, 0]) == "a")
        #expect(TextEncoding.utf32.decode([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61]) == "a")
        #expect(TextEncoding.utf8.decode([0xEF, 0xBB, 0xBF, 0x61]) == "\u{FEFF}a")
        #expect(TextEncoding.utf8WithMark.decode([0xEF, 0xBB, 0xBF, 0x61]) == "a")
        #expect(TextEncoding.utf8WithMark.decode([0x61]) == "a")
    }

    @Test func `every byte is a character of latin-1`() throws {
        let bytes = (0...255).map { UInt8($0) }
        let text = try #require(TextEncoding.latin1.decode(bytes[...]))
        #expect(text.unicodeScalars.map(\.value) == bytes.map { UInt32($0) })
        #expect(TextEncoding.latin1.encode(text) == bytes)
        #expect(TextEncoding.latin1.encode("Ā") == nil)
        #expect(TextEncoding.ascii.encode("é") == nil)
        #expect(TextEncoding.ascii.encode("e") == [0x65])
    }

    @Test(
        arguments: [
            (TextEncoding.utf8, [0xFF]), (.utf8, [0xC0, 0xAF]), (.utf8, [0xED, 0xA0, 0x80]),
            (.utf8, [0xF4, 0x90, 0x80, 0x80]),
            (.ascii, [0x80]), (.utf16, [0x61]), (.utf16, [0x00, 0xD8]),
            (.utf16LittleEndian, [0x00, 0xDC, 0x61, 0]),
            (.utf32, [0, 0xD8, 0, 0]), (.utf32, [0, 0, 0x11, 0]), (.utf32BigEndian, [0, 0, 0x61]),
        ] as [(TextEncoding, [UInt8])]
    )
    func `bytes that are not valid are refused, not repaired`(encoding: TextEncoding, bytes: [UInt8]) {
        #expect(encoding.decode(bytes[...]) == nil)
    }

    @Test(arguments: [
        ("UTF-8", TextEncoding.utf8), ("utf_8", .utf8), ("Latin1", .latin1), ("utf-16LE", .utf16LittleEndian),
    ])
    func `usual names are known`(name: String, encoding: TextEncoding) throws {
        #expect(try TextEncoding(parsing: name) == encoding)
    }

    @Test(arguments: ["", "utf-7", "rot13", "idna", "utf-8\0", String(repeating: "x", count: 100_000)])
    func `any other name is refused with the names that are known`(name: String) {
        let error = #expect(throws: ToolError.self) { try TextEncoding(parsing: name) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("utf-16") == true)
        #expect(error?.message.utf8.count ?? 0 < 500)
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func `base64 follows RFC 4648`(plain: String, coded: String) {
        #expect(Base64.encode(Array(plain.utf8)[...]) == coded)
        #expect(Base64.decode(coded) == Array(plain.utf8))
    }

    @Test(arguments: ["Zg", "Zg=", "Z", "Zg===", "Zh==", "Zm9=", "Zm8=Zm8=", "Zm-_", "Zm9v!", "=", "Zé=="])
    func `what is not base64 is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `line breaks in base64 are passed over`() {
        #expect(Base64.decode("Zm9v\r\nYmFy\n") == Array("foobar".utf8))
    }
}
