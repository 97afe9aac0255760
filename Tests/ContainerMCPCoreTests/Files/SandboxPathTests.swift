// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct SandboxPathTests {
    @Test(arguments: [
        ("a.txt", "a.txt"), ("/a.txt", "a.txt"), ("/workspace/a.txt", "a.txt"), ("//a.txt", "a.txt"),
        ("./a.txt", "a.txt"), ("/./workspace/./a.txt", "a.txt"), ("a//b/./c.txt", "a/b/c.txt"), ("a/", "a"),
        ("/", "/"), (".", "/"), ("./", "/"), ("/workspace", "/"), ("/workspace/", "/"), ("//", "/"),
        ("/data", "/data"), ("/data/", "/data"), ("/data/x/y.csv", "/data/x/y.csv"),
        ("workspace/a.txt", "workspace/a.txt"), ("data/a.txt", "data/a.txt"),
        ("/workspace/workspace/a.txt", "workspace/a.txt"), ("/workspace/data/a.txt", "data/a.txt"),
        ("/database/a.txt", "database/a.txt"), ("/etc/passwd", "etc/passwd"), (".hidden", ".hidden"),
        ("Grüße 😀.txt", "Grüße 😀.txt"), ("50% off.txt", "50% off.txt"), ("a b.txt", "a b.txt"),
        ("বাংলা.txt", "বাংলা.txt"), ("한국어.txt", "한국어.txt"),
    ])
    func `a path is shown relative to its root, and the shown form names the same place`(
        sent: String,
        shown: String
    ) throws {
        let path = try SandboxPath(parsing: sent)
        #expect(path.description == shown)
        #expect(try SandboxPath(parsing: path.description) == path)
        #expect(path.isRoot == path.components.isEmpty)
    }

    @Test func `three ways to write a path name one file`() throws {
        let paths = try ["a.txt", "/a.txt", "/workspace/a.txt"].map { try SandboxPath(parsing: $0) }
        #expect(Set(paths).count == 1)
        #expect(try SandboxPath(parsing: "/data/a.txt") != paths[0])
        #expect(try SandboxPath(parsing: "/data/a.txt").root == .data)
    }

    @Test(arguments: [
        "", "..", "../x", "/..", "/workspace/../x", "/data/../x", "a/../b.txt", "a.txt/../b.sh", "a/..",
        "..\\x", "a\\b.txt", "\\", "a\0.txt", "a.py\0.txt", "a\n.txt", "a\u{7F}", "a\u{85}", "a\u{1B}[31m",
        "a\u{202E}txt.exe", "a\u{2066}", "a\u{200B}b", "a\u{200D}b", "\u{FEFF}a", "a\u{2060}", "a\u{00AD}b",
        "a\u{2028}b",
        "a\u{E0041}", "a\u{3164}", "A.TXT.", "a.txt ", "a.txt\u{A0}", "a.txt\u{3000}", "...", " ", "a /b.txt",
        "a./b.txt",
        "e\u{301}.txt", "\u{212B}.txt", "\u{1100}\u{1161}.txt", "a\u{301}\u{323}.txt",
        "a.py%00.txt", "%2e%2e/x", "%2E%2E%2Fx", "..%2fx", "a%5cb", "%252e%252e/x", "..%c0%af", "a%0a",
    ])
    func `a name that could deceive is refused, and so is every way up`(sent: String) {
        #expect(throws: ToolError.self) { try SandboxPath(parsing: sent) }
        do {
            _ = try SandboxPath(parsing: sent)
        } catch {
            #expect(error.code == .invalidArgument)
            #expect(!error.message.unicodeScalars.contains(where: NameRules.isHidden))
        }
    }

    @Test func `paths and names have their bounds, counted in bytes`() throws {
        let name = String(repeating: "n", count: 255)
        #expect(throws: Never.self) { try SandboxPath(parsing: name) }
        #expect(throws: ToolError.self) { try SandboxPath(parsing: name + "n") }
        #expect(throws: ToolError.self) { try SandboxPath(parsing: String(repeating: "ü", count: 128)) }
        let long = String(repeating: name + "/", count: 16)
        #expect(long.utf8.count == 4_096)
        #expect(throws: Never.self) { try SandboxPath(parsing: long) }
        #expect(throws: ToolError.self) { try SandboxPath(parsing: long + "/") }
    }

    @Test(arguments: ["a.txt", "A.TXT", "a.b.Md", ".x.csv", "/data/a.json"])
    func `an ending on the list is allowed in either case`(sent: String) throws {
        let path = try SandboxPath(parsing: sent)
        #expect(throws: Never.self) { try path.requireAllowedEnding(["txt", "md", "csv", "json"]) }
        #expect(throws: ToolError.self) { try path.requireAllowedEnding([]) }
    }

    @Test(arguments: [
        "a.sh", "a", "a.txt.sh", ".txt", "a.txt~", "a.tx", "a.txtx", "txt", "a.ＴＸＴ", "a.t\u{131}f", "/",
    ])
    func `any other ending is refused, and so is none`(sent: String) throws {
        let path = try SandboxPath(parsing: sent)
        let error = #expect(throws: ToolError.self) { try path.requireAllowedEnding(["txt", "tif", "kt"]) }
        #expect(error?.code == .denied)
    }

    @Test func `a message shows the path as it was sent, cut and escaped`() throws {
        let path = try SandboxPath(
            parsing: "/workspace/./" + String(repeating: "x", count: 250) + "/it's.txt"
        )
        #expect(path.shown.hasPrefix("/workspace/./xxx"))
        #expect(path.shown.unicodeScalars.count == 201)
        #expect(ShownText("a'\"\\\n\u{202E}z").description == "a\\u{27}\\u{22}\\u{5C}\\u{A}\\u{202E}z")
        #expect(ShownText(String(repeating: "e\u{301}", count: 300)).description.unicodeScalars.count == 201)
    }

    @Test(arguments: [".cmcp", "/workspace/.cmcp/output/x", ".CMCP/x", "./.cmcp"])
    func `the folder of the server is known in every form`(sent: String) throws {
        #expect(try SandboxPath(parsing: sent).isReserved)
        #expect(try !SandboxPath(parsing: "a/.cmcp").isReserved)
        #expect(try !SandboxPath(parsing: "/data/.cmcp").isReserved)
    }

    @Test func `no text makes the parser trap, and what it takes keeps the rules`() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "/", "..", ".", "a", "\\", "%", "2e", "\0", "\u{301}", "\u{202E}", "é", "😀", "\u{AC00}",
            "\u{11A8}", " ", "workspace",
            "data", "\u{FFFD}", "\r\n", "\u{1F468}\u{200D}\u{1F469}",
        ]
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                if Bool.random(using: &random) {
                    text += pieces.randomElement(using: &random) ?? ""
                } else if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) {
                    text.unicodeScalars.append(scalar)
                }
            }
            guard let path = try? SandboxPath(parsing: text) else { continue }
            #expect(
                path.components.allSatisfy { NameRules.isNameable($0) && !$0.unicodeScalars.contains("/") }
            )
            #expect((try? SandboxPath(parsing: path.description)) == path || path.description.hasPrefix("/"))
        }
    }
}
