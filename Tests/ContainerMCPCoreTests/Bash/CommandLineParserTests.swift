// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite struct CommandLineParserTests {
    @Test(arguments: CommandLineRow.legal)
    func `the names of a legal line are read`(row: CommandLineRow) {
        let read = CommandLineParser.parse(row.line)
        #expect(read.programs == row.programs)
        #expect((read.reading != .complete) == row.isPartial, "\(read.reading)")
    }

    @Test(arguments: CommandLineRow.legal.filter { !$0.line.contains("extglob") })
    func `the bash of this machine takes the legal lines`(row: CommandLineRow) {
        #expect(BashSyntaxCheck.accepts(row.line))
    }

    @Test(arguments: CommandLineRow.broken)
    func `a line that bash refuses is read as far as it makes sense`(row: CommandLineRow) {
        let read = CommandLineParser.parse(row.line)
        #expect(read.programs == row.programs)
        #expect(read.reading != .complete)
        #expect(!BashSyntaxCheck.accepts(row.line))
    }

    @Test func `the builtins are those of bash`() {
        #expect(BashSyntaxCheck.lines(of: "compgen -b").sorted() == BashVocabulary.builtins.sorted())
    }

    @Test func `the reserved words are those of bash`() {
        let words = BashSyntaxCheck.lines(of: "compgen -k")
        #expect(words.sorted() == BashVocabulary.reservedWords.sorted())
    }

    @Test(arguments: [
        "enable -f x.so y", "enable -f./x.so y", "enable -nf x.so y", "command enable -f x y",
        "eval enable -f x y",
    ])
    func `loading a builtin from a file is noticed`(line: String) {
        #expect(CommandLineParser.parse(line).loadsBuiltins)
    }

    @Test(arguments: ["enable", "enable -n f", "enable -- -f", "echo enable -f x"])
    func `other uses of enable load nothing`(line: String) {
        #expect(!CommandLineParser.parse(line).loadsBuiltins)
    }

    @Test func `functions and aliases are told`() {
        let read = CommandLineParser.parse("f() { :; }; function g { :; }; alias h=ls")
        #expect(read.functions == ["f", "g"])
        #expect(read.aliases == ["h"])
    }

    @Test func `more than 256 different names make the reading partial`() {
        let read = CommandLineParser.parse((0..<300).map { "c\($0)" }.joined(separator: ";"))
        #expect(read.programs.count == 256)
        #expect(read.reading != .complete)
    }

    @Test(arguments: [
        "(", "{ ", "((", "$(", "`", "<(", ">(", "${", "$((", "$[", "[[ ", "[", "if ", "while ", "for ",
        "case x in x) ",
        "'", "\"", "\"$(", "a=(", "a[", "f() { ", "cat <<E\n", "eval \"", "! ", "time ", "coproc ", "\\\n",
        "<", "&&", "|",
        ";", "\n", "{a,", "!(", "@(", "$'\\", "\"${", "((a) ", "$((a) ", "cat <<E;", "#", "\"`", "x$(y `",
        "[[ (", "${x:-\"${",
    ])
    func `100 KiB of one opening ends`(opening: String) {
        let text = String(
            String(repeating: opening, count: 100 * 1_024 / opening.utf8.count).prefix(100 * 1_024)
        )
        let read = CommandLineParser.parse(text)
        #expect(read.programs.count <= 256)
    }

    @Test(arguments: [
        "(ls);", "{ ls; };", "((1));", "$((1)) ", "x=$(ls);", "`ls` ", "<(ls) ", "${x} ", "[[ a ]];",
        "if ls;then ls;fi;",
        "case x in x)ls;;esac;", "f(){ ls;};", "cat <<E\n$(ls)\nE\n", "eval ls;", "trap 'ls' INT;",
        "((a);ls);", "\"$(ls)\" ",
        "cat <<E\n\\\\\nE\n", "a=(b);", "$((a);b) ", "\\\n", "alias a=b;",
    ])
    func `100 KiB of one construct is read to its end`(construct: String) {
        let text = String(repeating: construct, count: 100 * 1_024 / construct.utf8.count) + "\nlast"
        #expect(CommandLineParser.parse(text).programs.last == "last")
    }

    @Test(arguments: [
        ("( ", ")"), ("$( ", ")"), ("{ ", ";}"), ("if ", ";then :;fi"), ("((a);", ")"), ("\"$( ", ")\""),
    ])
    func `constructs are followed to a depth, and deeper ones are not understood`(open: String, close: String)
    {
        func line(_ depth: Int) -> String {
            String(repeating: open, count: depth) + "id" + String(repeating: close, count: depth)
        }
        #expect(CommandLineParser.parse(line(15)).programs.contains("id"))
        let deep = CommandLineParser.parse(line(200))
        #expect(deep.reading == .partial("deep nesting"))
        #expect(!deep.programs.contains("id"))
    }

    @Test func `every prefix and every cut of the legal lines is read without a trap`() {
        for row in CommandLineRow.legal {
            let bytes = Array(row.line.utf8)
            for cut in bytes.indices {
                _ = CommandLineParser.parse(String(decoding: bytes[..<cut], as: UTF8.self))
                _ = CommandLineParser.parse(String(decoding: bytes[cut...], as: UTF8.self))
            }
        }
    }

    @Test func `random shell noise is read without a trap`() {
        let pieces = [
            "$", "(", ")", "{", "}", "[", "]", "`", "'", "\"", "\\", "\n", ";", "&", "|", "<", ">", "!",
            "#", "=", "*", " ",
            "if", "then", "fi", "do", "done", "case", "esac", "in", "for", "while", "function", "coproc",
            "time", "<<E", "E",
            "id", "x=", "a[", "eval", "exec", "command", "trap", "$'", "\0", "\u{FF}",
        ]
        var random = SeededGenerator(seed: 0x5EED)
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }
            let read = CommandLineParser.parse(text.joined(separator: Bool.random(using: &random) ? " " : ""))
            #expect(read.programs.count <= 40)
        }
    }
}
