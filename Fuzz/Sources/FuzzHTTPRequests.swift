// SPDX-License-Identifier: Apache-2.0

// Compiled together with the parser of ContainerMCPHTTP into one module; see `bin/fuzz`.

/// Bytes of a stranger on one connection: the first two say how large things may be and how the rest is cut up.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTPRequests(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard bytes.count > 2 else { return 0 }
    RequestCheck.parsing(bytes[2...], isSmall: bytes[0].isMultiple(of: 2), seed: bytes[1])
    RequestCheck.texts(bytes[2...])
    return 0
}

/// What must hold for every sequence of bytes.
enum RequestCheck {
    /// What was read, with the parts of each body put together.
    private struct Reading: Equatable {
        var heads: [RequestHead] = []
        var bodies: [[UInt8]] = []
        var ends = 0
        var fault: RequestFault?
    }

    static func require(_ condition: Bool, _ sentence: String) {
        guard condition else { fatalError(sentence) }
    }

    static func parsing(_ bytes: ArraySlice<UInt8>, isSmall: Bool, seed: UInt8) {
        var limits = RequestParser.Limits()
        if isSmall {
            limits = RequestParser.Limits(
                requestLine: 48,
                fields: 96,
                fieldCount: 4,
                chunkLine: 8,
                body: 64
            )
        }
        let whole = read([bytes], limits)
        let parts = pieces(bytes, seed)
        require(read(parts, limits) == whole, "how bytes are cut up means nothing")
        for (index, head) in whole.heads.enumerated() {
            check(head, limits)
            let body = whole.bodies[index]
            let isComplete = index < whole.ends
            switch head.framing {
            case .none:
                require(body.isEmpty, "a request without a length has no body")
            case .length(let length):
                require(isComplete ? body.count == length : body.count <= length, "a body has its length")
            case .chunked:
                require(body.count <= limits.body, "chunks together keep the limit")
            }
            writtenAgain(head, body, isComplete, limits)
        }
    }

    /// Cuts bytes into pieces of one to sixteen, as a seed says.
    private static func pieces(_ bytes: ArraySlice<UInt8>, _ seed: UInt8) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var state = UInt32(seed) | 1
        var rest = bytes
        while !rest.isEmpty {
            state = state &* 1_664_525 &+ 1_013_904_223
            let size = seed == 0 ? 1 : Int(state >> 28) + 1
            pieces.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return pieces
    }

    private static func read(_ pieces: [ArraySlice<UInt8>], _ limits: RequestParser.Limits) -> Reading {
        var reading = Reading()
        var parser = RequestParser(limits: limits)
        require(parser.isBetweenRequests, "a parser begins between requests")
        for piece in pieces {
            var input = piece
            var left = input.count
            while true {
                let event: RequestParser.Event?
                do throws(RequestFault) {
                    event = try parser.next(&input)
                } catch {
                    require(isSound(error), "a fault has a status and a reason")
                    reading.fault = error
                    var more = Array("GET / HTTP/1.1\r\n\r\n".utf8)[...]
                    require((try? parser.next(&more)) == .some(nil), "nothing is read after a fault")
                    return reading
                }
                require(input.count <= left, "input is taken from the front")
                switch event {
                case nil:
                    require(input.isEmpty, "input is used up before more is wanted")
                case .head(let head):
                    require(reading.ends == reading.heads.count, "a head follows an end")
                    reading.heads.append(head)
                    reading.bodies.append([])
                case .body(let part):
                    require(!part.isEmpty && input.count < left, "a part of a body is there and is taken")
                    require(reading.ends + 1 == reading.heads.count, "a body belongs to a request")
                    reading.bodies[reading.bodies.count - 1] += part
                case .end:
                    reading.ends += 1
                    require(reading.ends == reading.heads.count, "each request ends once")
                    require(parser.isBetweenRequests, "after an end a parser is between requests")
                }
                left = input.count
                if event == nil { break }
            }
        }
        return reading
    }

    private static func isSound(_ fault: RequestFault) -> Bool {
        [400, 413, 414, 417, 431, 505].contains(fault.status) && !fault.reason.isEmpty
            && fault.reason.utf8.count < 200
    }

    private static func check(_ head: RequestHead, _ limits: RequestParser.Limits) {
        require(
            !head.method.isEmpty && head.method.utf8.allSatisfy { (0x41...0x5A).contains($0) },
            "a method is in upper case"
        )
        require(head.path.hasPrefix("/") || head.path == "*", "a target is a path")
        let target = head.path.utf8.count + (head.query.map { $0.utf8.count + 1 } ?? 0)
        require(target + head.method.utf8.count + 10 <= limits.requestLine, "a request line keeps its limit")
        require(head.fields.all.count <= limits.fieldCount, "there are so many fields")
        var size = 0
        for field in head.fields.all {
            size += field.name.utf8.count + field.value.utf8.count
            require(
                !field.name.isEmpty && field.name.utf8.allSatisfy { ASCIIText.isToken($0) },
                "the name of a field is a token"
            )
            require(!field.name.utf8.contains { (0x41...0x5A).contains($0) }, "it is in lower case")
            require(!field.value.utf8.contains { $0 == 0 || $0 == 0x0A || $0 == 0x0D }, "a value is one line")
            require(ASCIIText.trimmed(field.value) == field.value, "a value has no space around it")
        }
        // A byte that is no UTF-8 becomes three.
        require(size <= 3 * limits.fields, "all fields keep their limit")
        if head.framing == .chunked {
            require(head.isCurrent && !head.fields.contains("content-length"), "a body has one length")
        }
        require(head.fields.values("content-length").count <= 1, "a length is told once")
        _ = (head.keepsAlive, head.expectsContinue, head.hasBody, head.parameter("session_id"))
    }

    /// Writes a request in its plainest form: it must be read as the same again.
    private static func writtenAgain(
        _ head: RequestHead,
        _ body: [UInt8],
        _ isComplete: Bool,
        _ limits: RequestParser.Limits
    ) {
        let query = head.query.map { "?\($0)" } ?? ""
        var text = "\(head.method) \(head.path)\(query) HTTP/1.\(head.isCurrent ? 1 : 0)\r\n"
        for field in head.fields.all { text += "\(field.name):\(field.value)\r\n" }
        var bytes = Array((text + "\r\n").utf8)
        guard bytes.count < limits.fields else { return }
        guard isComplete else {
            let again = read([bytes[...]], limits)
            return require(again.heads == [head] && again.fault == nil, "a head is read as it was written")
        }
        if head.framing == .chunked {
            let size = String(body.count, radix: 16)
            if !body.isEmpty { bytes += Array("\(size)\r\n".utf8) + body + [0x0D, 0x0A] }
            bytes += Array("0\r\n\r\n".utf8)
        } else {
            bytes += body
        }
        let again = read([bytes[...]], limits)
        require(
            again == Reading(heads: [head], bodies: [body], ends: 1),
            "a request is read as it was written"
        )
    }

    /// Reads the same bytes as the values of fields.
    static func texts(_ bytes: ArraySlice<UInt8>) {
        let text = String(decoding: bytes.prefix(256), as: UTF8.self)
        var fields = HeaderFields()
        fields.append("accept", text)
        let forms = AcceptedForms(fields)
        _ = (forms.json, forms.events)
        require(
            fields.list("accept").allSatisfy { !$0.isEmpty && !$0.contains(",") },
            "elements are parts of a list"
        )
    }
}
