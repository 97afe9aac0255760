// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox
import Glibc
import Synchronization

/// Puts the questions of a call to the person at the terminal.
///
/// They are read from the terminal itself, not from standard input, which may hold a file for the tool.
final class TerminalQuestions: Sendable {
    private let descriptor: Int32
    private let threads = BlockingThreads(limit: 1, waiting: 1)
    private let isCancelled = Mutex(false)

    /// The most bytes of one answer.
    private static let longestLine = 65_536

    /// Opens the terminal; nil where nobody sits at one.
    init?() {
        guard TextStream.error.isTerminal else { return nil }
        descriptor = unsafe open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
    }

    deinit {
        threads.shutdown()
        close(descriptor)
    }

    /// What the command line is able to ask: forms, and to open an address.
    static let capabilities = ClientCapabilities(["elicitation": ["form": [:], "url": [:]]])

    /// The way for a call to ask.
    var asking: RequestLink.Ask {
        { question, _ in await self.ask(question) }
    }

    /// Asks one question and waits for the answer.
    private func ask(_ question: InputQuestion) async -> Result<JSONValue, RequestLink.AskFailure> {
        guard case .elicitation(let elicitation) = question.request else { return .failure(.unsupported) }
        return await withTaskCancellationHandler {
            let answer = try? await threads.run { self.answer(to: elicitation) }.get()
            return answer.map { .success($0) } ?? .failure(.cancelled)
        } onCancel: {
            isCancelled.withLock { $0 = true }
        }
    }

    private func answer(to elicitation: Elicitation) -> JSONValue {
        switch elicitation {
        case .url(let message, let url, _):
            TextStream.error.writeLine("\(message)\nOpen this address, then say whether you did: \(url)")
            return readYes("Done? [y/N] ") ? ["action": "accept"] : ["action": "decline"]
        case .form(let message, let form):
            TextStream.error.writeLine(message)
            var content = JSONObject()
            for field in form.fields {
                while true {
                    switch read(field) {
                    case .end: return ["action": "cancel"]
                    case .nothing:
                        if field.isRequired {
                            TextStream.error.writeLine("An answer is needed here; Ctrl-D gives up.")
                            continue
                        }
                    case .value(let value): content[field.name] = value
                    }
                    break
                }
            }
            if let fault = form.fault(in: content) {
                TextStream.error.writeLine("This can't be taken: \(fault).")
                return ["action": "cancel"]
            }
            return ["action": "accept", "content": .object(content)]
        }
    }

    private enum Reading {
        case value(JSONValue)
        case nothing
        case end
    }

    private func read(_ field: ElicitationField) -> Reading {
        let name = field.title ?? field.name
        let form = FieldPrompt(field)
        for line in form.choices { TextStream.error.writeLine(line) }
        while true {
            TextStream.error.write(TerminalText.word("\(name)\(form.hint): "))
            guard let line = readLine() else { return .end }
            guard !line.isEmpty else { return form.preset.map { .value($0) } ?? .nothing }
            if let value = form.value(of: line) { return .value(value) }
            TextStream.error.writeLine("This is no answer to it; try again, or Ctrl-D to give up.")
        }
    }

    private func readYes(_ prompt: String) -> Bool {
        TextStream.error.write(prompt)
        guard let line = readLine() else { return false }
        return ["y", "yes"].contains(line.lowercased())
    }

    /// One line without its newline; nil at the end or when the call is given up.
    private func readLine() -> String? {
        var line: [UInt8] = []
        while line.count < Self.longestLine {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&waiting, 1, 200)
            if isCancelled.withLock({ $0 }) { return nil }
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            var byte: UInt8 = 0
            guard ready > 0, unsafe Glibc.read(descriptor, &byte, 1) == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { break }
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }
}
