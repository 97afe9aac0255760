// SPDX-License-Identifier: Apache-2.0

/// Reads requests from the bytes of one connection (RFC 9112), strictly.
///
/// Whatever another reader might understand in a second way is refused: two lengths, a length beside
/// chunks, a bare line feed, a folded line, space before a colon. It holds no more than one line and the
/// fields of one head.
struct RequestParser: Sendable {
    /// How large the parts of a request may be, in bytes.
    struct Limits: Sendable, Equatable {
        var requestLine = 8 << 10
        var fields = 32 << 10
        var fieldCount = 100
        var chunkLine = 256
        var body = 32 << 20
    }

    enum Event: Sendable, Equatable {
        case head(RequestHead)
        case body(ArraySlice<UInt8>)
        case end
    }

    private enum State: Sendable, Equatable {
        case requestLine
        case fields
        case length(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case end
        case failed
    }

    let limits: Limits
    private var state = State.requestLine
    private var line: [UInt8] = []
    private var skippedBlankLine = false
    private var fieldBytes = 0
    private var bodyBytes = 0
    private var start: RequestLine?
    private var fields = HeaderFields()

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Whether nothing of the next request has come yet.
    var isBetweenRequests: Bool { state == .requestLine && line.isEmpty }

    /// Takes bytes from the front of the input until something can be told.
    ///
    /// - Returns: What was read, or nil when the input is used up.
    /// - Throws: The fault that ends the connection; nothing can be read afterwards.
    mutating func next(_ input: inout ArraySlice<UInt8>) throws(RequestFault) -> Event? {
        do throws(RequestFault) {
            return try read(&input)
        } catch {
            state = .failed
            line = []
            throw error
        }
    }

    private mutating func read(_ input: inout ArraySlice<UInt8>) throws(RequestFault) -> Event? {
        while true {
            switch state {
            case .requestLine:
                guard try readRequestLine(&input) else { return nil }
            case .fields:
                guard let bytes = try readFieldLine(&input) else { return nil }
                guard let bytes else {
                    return .head(try finishHead())
                }
                try takeField(bytes)
            case .length(let left):
                guard left > 0 else {
                    state = .end
                    continue
                }
                guard !input.isEmpty else { return nil }
                let part = input.prefix(left)
                input = input.dropFirst(part.count)
                state = .length(left: left - part.count)
                return .body(part)
            case .chunkSize:
                guard let bytes = try readLine(&input, limit: limits.chunkLine, fault: Self.badChunk) else {
                    return nil
                }
                let size = try Self.chunkSize(bytes)
                guard size <= limits.body - bodyBytes else { throw .bodyTooLarge }
                bodyBytes += size
                state = size == 0 ? .trailers : .chunk(left: size)
            case .chunk(let left):
                guard !input.isEmpty else { return nil }
                let part = input.prefix(left)
                input = input.dropFirst(part.count)
                state = left == part.count ? .chunkEnd : .chunk(left: left - part.count)
                return .body(part)
            case .chunkEnd:
                guard let bytes = try readLine(&input, limit: 0, fault: Self.badChunk) else { return nil }
                guard bytes.isEmpty else { throw Self.badChunk }
                state = .chunkSize
            case .trailers:
                guard let bytes = try readFieldLine(&input) else { return nil }
                if let bytes { _ = try Self.field(bytes) } else { state = .end }
            case .end:
                reset()
                return .end
            case .failed:
                input = []
                return nil
            }
        }
    }

    private static let badChunk = RequestFault.malformed("a chunk is malformed")

    private mutating func reset() {
        state = .requestLine
        skippedBlankLine = false
        fieldBytes = 0
        bodyBytes = 0
        start = nil
        fields = HeaderFields()
    }

    private mutating func readRequestLine(_ input: inout ArraySlice<UInt8>) throws(RequestFault) -> Bool {
        if line.isEmpty, let first = input.first, !ASCIIText.isUpper(first), first != ASCIIText.carriageReturn
        {
            throw .malformed("this is no HTTP request")
        }
        guard let bytes = try readLine(&input, limit: limits.requestLine, fault: .targetTooLong) else {
            return false
        }
        if bytes.isEmpty {
            // RFC 9112, 2.2: some clients put a line end after a body that they did not count.
            guard !skippedBlankLine else { throw .malformed("the request line is empty") }
            skippedBlankLine = true
            return true
        }
        start = try RequestLine(bytes)
        state = .fields
        return true
    }

    /// - Returns: Nil if the line is not complete; a nil inside for the blank line.
    private mutating func readFieldLine(_ input: inout ArraySlice<UInt8>) throws(RequestFault) -> [UInt8]?? {
        let left = limits.fields - fieldBytes
        guard let bytes = try readLine(&input, limit: left, fault: .headTooLarge) else { return nil }
        fieldBytes += bytes.count + 2
        guard fieldBytes <= limits.fields + 2 else { throw .headTooLarge }
        return bytes.isEmpty ? .some(nil) : bytes
    }

    /// - Returns: The line without its end, or nil if it is not complete.
    private mutating func readLine(_ input: inout ArraySlice<UInt8>, limit: Int, fault: RequestFault)
        throws(RequestFault) -> [UInt8]?
    {
        let end = input.firstIndex(of: ASCIIText.lineFeed)
        let part = end.map { input[..<$0] } ?? input
        // One more for the carriage return, which does not count.
        guard line.count + part.count <= limit + 1 else { throw fault }
        line.append(contentsOf: part)
        guard let end else {
            input = []
            return nil
        }
        input = input[(end + 1)...]
        var bytes = line
        line = []
        guard bytes.last == ASCIIText.carriageReturn else {
            throw .malformed("a line ends in a bare line feed")
        }
        bytes.removeLast()
        guard !bytes.contains(ASCIIText.carriageReturn) else {
            throw .malformed("a line holds a bare carriage return")
        }
        return bytes
    }

    private mutating func takeField(_ bytes: [UInt8]) throws(RequestFault) {
        let (name, value) = try Self.field(bytes)
        guard fields.all.count < limits.fieldCount else { throw .headTooLarge }
        fields.append(name, value)
    }

    private static func field(_ bytes: [UInt8]) throws(RequestFault) -> (name: String, value: String) {
        guard let first = bytes.first, !ASCIIText.isSpace(first) else {
            throw .malformed("a header field is folded")
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            bytes[..<colon].allSatisfy(ASCIIText.isToken)
        else { throw .malformed("a header field has no valid name") }
        let value = ASCIIText.trimmed(bytes[(colon + 1)...])
        guard value.allSatisfy(ASCIIText.isFieldContent) else {
            throw .malformed("a header field holds control characters")
        }
        return (
            String(decoding: bytes[..<colon], as: UTF8.self).lowercased(),
            String(decoding: value, as: UTF8.self)
        )
    }

    private mutating func finishHead() throws(RequestFault) -> RequestHead {
        guard let start else { throw .malformed("there is no request line") }
        let framing = try framing(start)
        switch framing {
        case .none: state = .end
        case .length(let length): state = .length(left: length)
        case .chunked: state = .chunkSize
        }
        fieldBytes = 0
        let expectations = fields.list("expect")
        guard expectations.isEmpty || expectations == ["100-continue"] else { throw .expectationNotMet }
        return RequestHead(
            method: start.method,
            path: start.path,
            query: start.query,
            isCurrent: start.isCurrent,
            fields: fields,
            framing: framing
        )
    }

    private func framing(_ start: RequestLine) throws(RequestFault) -> RequestHead.Framing {
        let lengths = fields.values("content-length")
        let codings = fields.values("transfer-encoding")
        guard codings.isEmpty else {
            guard lengths.isEmpty else { throw .malformed("the body has a length and a transfer coding") }
            guard codings.count == 1, codings[0].lowercased() == "chunked", start.isCurrent else {
                throw .malformed("the transfer coding is not 'chunked' alone")
            }
            return .chunked
        }
        guard let length = lengths.first else { return .none }
        guard lengths.count == 1 else { throw .malformed("the length of the body is told twice") }
        guard !length.isEmpty, length.utf8.allSatisfy(ASCIIText.isDigit) else {
            throw .malformed("the length of the body is not a number")
        }
        guard length.utf8.count <= 18, let number = Int(length) else { throw .bodyTooLarge }
        return .length(number)
    }

    /// The size of a chunk; extensions after it are ignored (RFC 9112, 7.1.1).
    private static func chunkSize(_ bytes: [UInt8]) throws(RequestFault) -> Int {
        let digits = bytes.prefix { ASCIIText.hexDigit($0) != nil }
        let rest = bytes.dropFirst(digits.count)
        guard !digits.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: ";"),
            rest.allSatisfy(ASCIIText.isFieldContent)
        else { throw badChunk }
        guard digits.count <= 12 else { throw .bodyTooLarge }
        return digits.reduce(0) { $0 << 4 | (ASCIIText.hexDigit($1) ?? 0) }
    }
}
