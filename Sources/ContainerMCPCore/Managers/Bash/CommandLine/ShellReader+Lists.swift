// SPDX-License-Identifier: Apache-2.0

extension ShellReader {
    /// Where a list of commands ended; what ended it is still to be consumed.
    enum Stop: Equatable {
        case end
        case closingParenthesis
        case caseSeparator
        case reserved(String)
    }

    /// Reads commands up to something that can only follow a list, and counts them.
    mutating func list() throws(NotUnderstood) -> (stop: Stop, count: Int) {
        var count = 0
        while true {
            try skipLines()
            if let stop = listEnd() { return (stop, count) }
            let endedCompound = try andOrList()
            count += 1
            skipBlanks()
            switch peek() {
            case nil:
                return (.end, count)
            case UInt8(ascii: "\n"):
                continue
            case UInt8(ascii: ")"):
                return (.closingParenthesis, count)
            case UInt8(ascii: ";"):
                if listEnd() == .caseSeparator { return (.caseSeparator, count) }
                advance()
            case UInt8(ascii: "&"):
                advance()
            default:
                // A reserved word may follow a compound command at once: `if (ls) then …`.
                guard endedCompound, let stop = listEnd() else { throw NotUnderstood("a syntax error") }
                return (stop, count)
            }
        }
    }

    private mutating func listEnd() -> Stop? {
        switch peek() {
        case nil:
            return .end
        case UInt8(ascii: ")"):
            return .closingParenthesis
        case UInt8(ascii: ";"):
            let second = peekSecond()
            return second == UInt8(ascii: ";") || second == UInt8(ascii: "&") ? .caseSeparator : nil
        default:
            switch peekReserved() {
            case .some(let word)
            where ["then", "do", "done", "fi", "elif", "else", "esac", "}"].contains(word):
                return .reserved(word)
            default:
                return nil
            }
        }
    }

    /// Reads `pipeline && pipeline || pipeline`; returns whether the last command was a compound one.
    private mutating func andOrList() throws(NotUnderstood) -> Bool {
        while true {
            let endedCompound = try pipeline()
            skipBlanks()
            let operation = peek()
            guard operation == UInt8(ascii: "&") || operation == UInt8(ascii: "|"), peekSecond() == operation
            else { return endedCompound }
            advance()
            _ = peek()
            advance()
            try skipLines()
        }
    }

    private mutating func pipeline() throws(NotUnderstood) -> Bool {
        var hasPrefix = false
        while true {
            skipBlanks()
            if acceptReserved("!") {
                hasPrefix = true
            } else if acceptReserved("time") {
                hasPrefix = true
                skipBlanks()
                if acceptWord("-p") { skipBlanks() }
                _ = acceptWord("--")
            } else {
                break
            }
        }
        if hasPrefix {
            // `!` and `time` may stand alone.
            skipBlanks()
            switch peek() {
            case nil, UInt8(ascii: ";"), UInt8(ascii: "\n"), UInt8(ascii: "&"), UInt8(ascii: ")"):
                return false
            default:
                break
            }
        }
        while true {
            let endedCompound = try command()
            skipBlanks()
            guard peek() == UInt8(ascii: "|"), peekSecond() != UInt8(ascii: "|") else { return endedCompound }
            advance()
            _ = accept(UInt8(ascii: "&"))
            try skipLines()
        }
    }

    /// Consumes an unquoted word that is written exactly so.
    private mutating func acceptWord(_ word: String) -> Bool {
        _ = peek()
        let next = position + word.utf8.count
        guard next <= end, bytes[position..<next].elementsEqual(word.utf8) else { return false }
        guard next == end || Self.endsWord(bytes[next]) else { return false }
        position = next
        return true
    }

    /// Reads one command with its redirections; returns whether it was a compound one.
    private mutating func command() throws(NotUnderstood) -> Bool {
        skipBlanks()
        if try nested({ reader throws(NotUnderstood) in try reader.compoundCommand() }) {
            try redirections()
            return true
        }
        switch peekReserved() {
        case "function":
            _ = acceptReserved("function")
            try functionAfterKeyword()
            return true
        case "coproc":
            _ = acceptReserved("coproc")
            return try coprocess()
        case "time":
            // After a pipe `time` is no reserved word, but a program.
            try simpleCommand()
            return false
        case .some:
            throw NotUnderstood("a syntax error")
        case nil:
            try simpleCommand()
            return false
        }
    }

    private mutating func coprocess() throws(NotUnderstood) -> Bool {
        skipBlanks()
        if try nested({ reader throws(NotUnderstood) in try reader.compoundCommand() }) {
            try redirections()
            return true
        }
        guard let byte = peek(), !Self.endsWord(byte) else {
            try simpleCommand()
            return false
        }
        // Either the coprocess' name before a compound command, or the first word of a simple one.
        let word = try nested { reader throws(NotUnderstood) in
            try reader.word(acceptsAssignment: true)
        }
        if isDescriptor(word) {
            try simpleCommand(startingWith: word)
            return false
        }
        skipBlanks()
        if word.isLiteral, !word.isAssignment,
            try nested({ reader throws(NotUnderstood) in try reader.compoundCommand() })
        {
            try redirections()
            return true
        }
        try simpleCommand(startingWith: word)
        return false
    }

    // MARK: Functions

    private mutating func functionAfterKeyword() throws(NotUnderstood) {
        skipBlanks()
        let name = try nested { reader throws(NotUnderstood) in try reader.word(acceptsAssignment: false) }
        skipBlanks()
        if peek() == UInt8(ascii: "(") {
            let start = position
            advance()
            skipBlanks()
            // Not the empty parentheses of a definition: a subshell is the body.
            if !accept(UInt8(ascii: ")")) { position = start }
        }
        try functionBody(name)
    }

    /// Reads the body of a function and remembers its name.
    mutating func functionBody(_ name: ShellWord) throws(NotUnderstood) {
        if name.isLiteral {
            findings.addFunction(name.text)
        }
        try skipLines()
        guard try nested({ reader throws(NotUnderstood) in try reader.compoundCommand() }) else {
            throw NotUnderstood("a function without a body")
        }
        try redirections()
    }

    /// Reads the redirections after a compound command.
    private mutating func redirections() throws(NotUnderstood) {
        while true {
            skipBlanks()
            guard let byte = peek() else { return }
            switch byte {
            case UInt8(ascii: "<"), UInt8(ascii: ">"):
                guard peekSecond() != UInt8(ascii: "(") else { return }
                try redirection()
            case UInt8(ascii: "&"):
                guard peekSecond() == UInt8(ascii: ">") else { return }
                try redirection()
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "{"):
                // A descriptor number or variable right before `<` or `>`; anything else is left to the caller.
                var index = position + 1
                while index < end, Self.isNameByte(bytes[index]) || bytes[index] == UInt8(ascii: "}") {
                    index += 1
                }
                guard index < end, bytes[index] == UInt8(ascii: "<") || bytes[index] == UInt8(ascii: ">")
                else {
                    return
                }
                position = index
                try redirection()
            default:
                return
            }
        }
    }
}
