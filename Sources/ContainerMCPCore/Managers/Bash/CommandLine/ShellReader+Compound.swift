// SPDX-License-Identifier: Apache-2.0

extension ShellReader {
    /// Reads a compound command if one begins here; consumes nothing otherwise.
    mutating func compoundCommand() throws(NotUnderstood) -> Bool {
        if peek() == UInt8(ascii: "(") {
            if peekSecond() == UInt8(ascii: "("), try isArithmetic(atFirstParenthesis: position) {
                advance()
                _ = accept(UInt8(ascii: "("))
                try arithmetic()
                return true
            }
            advance()
            try body(endingWith: .closingParenthesis)
            advance()
            return true
        }
        switch peekReserved() {
        case "{":
            _ = acceptReserved("{")
            try body(endingWith: .reserved("}"))
            _ = acceptReserved("}")
        case "[[":
            _ = acceptReserved("[[")
            try conditional()
        case "if":
            _ = acceptReserved("if")
            try ifClauses()
        case "while", "until":
            _ = acceptReserved("while") || acceptReserved("until")
            try body(endingWith: .reserved("do"))
            _ = acceptReserved("do")
            try body(endingWith: .reserved("done"))
            _ = acceptReserved("done")
        case "for":
            _ = acceptReserved("for")
            try forLoop(mayCount: true)
        case "select":
            _ = acceptReserved("select")
            try forLoop(mayCount: false)
        case "case":
            _ = acceptReserved("case")
            try caseClauses()
        default:
            return false
        }
        return true
    }

    /// Reads a list that must not be empty and must end as told; what ended it is left.
    private mutating func body(endingWith expected: Stop) throws(NotUnderstood) {
        let (stop, count) = try list()
        guard stop == expected, count > 0 else { throw NotUnderstood("a syntax error") }
    }

    private mutating func ifClauses() throws(NotUnderstood) {
        try body(endingWith: .reserved("then"))
        _ = acceptReserved("then")
        while true {
            let (stop, count) = try list()
            guard count > 0, case .reserved(let word) = stop else { throw NotUnderstood("a syntax error") }
            switch word {
            case "fi":
                _ = acceptReserved("fi")
                return
            case "elif":
                _ = acceptReserved("elif")
                try body(endingWith: .reserved("then"))
                _ = acceptReserved("then")
            case "else":
                _ = acceptReserved("else")
                try body(endingWith: .reserved("fi"))
                _ = acceptReserved("fi")
                return
            default:
                throw NotUnderstood("a syntax error")
            }
        }
    }

    private mutating func forLoop(mayCount: Bool) throws(NotUnderstood) {
        skipBlanks()
        if mayCount, peek() == UInt8(ascii: "("), peekSecond() == UInt8(ascii: "(") {
            advance()
            _ = accept(UInt8(ascii: "("))
            try arithmetic()
            skipBlanks()
            _ = accept(UInt8(ascii: ";"))
        } else {
            try wordHere()
            try skipLines()
            if acceptReserved("in") {
                while true {
                    skipBlanks()
                    guard let byte = peek(), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: ";") else {
                        break
                    }
                    try wordHere()
                }
            }
            _ = accept(UInt8(ascii: ";"))
        }
        try skipLines()
        if acceptReserved("do") {
            try body(endingWith: .reserved("done"))
            _ = acceptReserved("done")
        } else if acceptReserved("{") {
            try body(endingWith: .reserved("}"))
            _ = acceptReserved("}")
        } else {
            throw NotUnderstood("a syntax error")
        }
    }

    /// Reads a word that must stand here.
    private mutating func wordHere() throws(NotUnderstood) {
        skipBlanks()
        _ = try word(acceptsAssignment: false)
    }

    private mutating func caseClauses() throws(NotUnderstood) {
        try wordHere()
        try skipLines()
        guard acceptReserved("in") else { throw NotUnderstood("a syntax error") }
        while true {
            try skipLines()
            if acceptReserved("esac") { return }
            if accept(UInt8(ascii: "(")) { skipBlanks() }
            while true {
                try wordHere()
                skipBlanks()
                if accept(UInt8(ascii: ")")) { break }
                try expect(UInt8(ascii: "|"), "a syntax error")
            }
            let (stop, _) = try list()
            switch stop {
            case .caseSeparator:
                // `;;`, `;&` or `;;&`.
                advance()
                if accept(UInt8(ascii: ";")) {
                    _ = accept(UInt8(ascii: "&"))
                } else {
                    _ = accept(UInt8(ascii: "&"))
                }
            case .reserved("esac"):
                _ = acceptReserved("esac")
                return
            default:
                throw NotUnderstood("a syntax error")
            }
        }
    }

    /// Reads up to the closing `]]`.
    ///
    /// The expression names no commands; only substitutions in it count.
    private mutating func conditional() throws(NotUnderstood) {
        while true {
            try skipLines()
            guard let byte = peek() else { throw NotUnderstood("an unterminated [[") }
            switch byte {
            case UInt8(ascii: ";"):
                throw NotUnderstood("a syntax error")
            case UInt8(ascii: "<"), UInt8(ascii: ">"):
                guard peekSecond() == UInt8(ascii: "(") else {
                    advance()
                    continue
                }
            case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "&"), UInt8(ascii: "|"):
                advance()
                continue
            default:
                break
            }
            let word = try word(acceptsAssignment: false)
            if word.source.count == 2, word.text.elementsEqual("]]".utf8), !word.isQuoted { return }
        }
    }

    // MARK: Arithmetic

    /// Tells `((1+2))` from `((ls); ls)`: looks for the partner of the second parenthesis.
    ///
    /// Bash decides the same way. The look-ahead is flat; as constructs are bounded in depth, each byte is looked at
    /// at most 64 times.
    func isArithmetic(atFirstParenthesis first: Int) throws(NotUnderstood) -> Bool {
        var index = first
        var open = 0
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "("):
                open += 1
            case UInt8(ascii: ")"):
                open -= 1
                if open == 1 {
                    index += 1
                    while index + 1 < end, bytes[index] == UInt8(ascii: "\\"),
                        bytes[index + 1] == UInt8(ascii: "\n")
                    {
                        index += 2
                    }
                    return index < end && bytes[index] == UInt8(ascii: ")")
                }
            case UInt8(ascii: "\\"):
                index += 1
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
                let quote = bytes[index]
                index += 1
                while index < end, bytes[index] != quote {
                    if bytes[index] == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") { index += 1 }
                    index += 1
                }
            default:
                break
            }
            index += 1
        }
        throw NotUnderstood("an unterminated ((")
    }

    /// Reads the inside of `((…))` and its two closing parentheses.
    mutating func arithmetic() throws(NotUnderstood) {
        try matched(UInt8(ascii: "("), UInt8(ascii: ")"))
        try expect(UInt8(ascii: ")"), "an unterminated ((")
    }
}
