// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct SwiftTextTests {
    @Test(arguments: [
        ("import Glibc", "Glibc"),
        ("  public import Logging // why", "Logging"),
        ("@preconcurrency import NIOCore", "NIOCore"),
        ("@_spi(Testing) @preconcurrency internal import Yams", "Yams"),
        ("import struct FoundationEssentials.Data", "FoundationEssentials"),
        ("import Foundation.NSObject", "Foundation"),
        ("import /* a */ Crypto", "Crypto"),
        ("let a = 1; import Metrics", "Metrics"),
        ("import `Testing`", "Testing"),
    ])
    func `an import is found however it is written`(source: String, module: String) {
        #expect(SwiftText(source).imports == [module])
    }

    @Test(arguments: [
        "// import Foundation", "/* import Foundation\n/* */ import Foundation */",
        "let a = \"import Foundation\"",
        "let a = \"\"\"\n  import Foundation\n  \"\"\"",
        "let a = #\"\"\"\n import Foundation \"\"\"\n\"\"\"#",
        "let important = 1", "func `import`() {}",
    ])
    func `what only looks like an import is not one`(source: String) {
        #expect(SwiftText(source).imports.isEmpty)
    }

    @Test(arguments: [
        "let a = try! b()", "let a = \"\\(try! b())\"", "let a = \"\\(c(\"x\") + (try! b()))\"",
        "let a = #\"\\#(try! b())\"#", "let a = \"\"\"\n\\(try! b())\n\"\"\"", "let a = \"\\\\\"; try! b()",
    ])
    func `code inside an interpolation is still code`(source: String) {
        #expect(SwiftText(source).code.contains("try!"))
    }

    @Test(arguments: [
        "// try! b()", "let a = \"try! b()\"", "let a = \"\\\" try! b()\"", "let a = #\"\\(try! b())\"#",
        "/** try! b() */ let c = 1", "let a = \"\\(c) try! b()\"",
    ])
    func `words in comments and strings are not code`(source: String) {
        #expect(!SwiftText(source).code.contains("try!"))
    }

    @Test func `line numbers survive`() {
        let source = "/* a\nb */\nlet c = \"\"\"\n  d\n  \"\"\"\nimport E"
        #expect(SwiftText(source).code.split(separator: "\n", omittingEmptySubsequences: false).count == 6)
    }

    @Test func `nested types are not top-level types`() {
        let text = SwiftText(
            "public struct A { struct B {} }\nfinal class C<T> {}\nextension D { enum E {} }\nactor F {}"
        )
        #expect(text.topLevelTypes == ["A", "C", "F"])
    }
}
