// SPDX-License-Identifier: Apache-2.0

import ContainerMCPShell
import Glibc

/// Standard output or standard error.
struct TextStream {
    static let output = TextStream(descriptor: 1)
    static let error = TextStream(descriptor: 2)

    let descriptor: Int32
    let isTerminal: Bool

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = Surroundings.isTerminal(descriptor)
    }

    /// Whether colours may be used (https://no-color.org).
    var hasColours: Bool {
        let environment = Surroundings.environment()
        let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return isTerminal && !isRefused && environment["TERM"] != "dumb"
    }

    /// Columns of the terminal; nil where the stream is none or does not tell.
    var width: Int? {
        guard isTerminal else { return nil }
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes text as it is.
    ///
    /// A reader that went away is no error; other trouble ends the program with status 5.
    func write(_ text: String) {
        let bytes = Array(text.utf8)
        var position = 0
        while position < bytes.count {
            let written = unsafe bytes[position...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written >= 0 {
                position += written
                continue
            }
            switch errno {
            case EINTR:
                continue
            case EAGAIN:
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&wanted, 1, -1)
            case EPIPE:
                return
            case let number:
                guard descriptor != 2 else { return }
                let reason = unsafe String(cString: strerror(number))
                StandardError.write("cmcp-cli: standard output can't be written: \(reason)\n")
                exit(ExitStatus.internalFailure.rawValue)
            }
        }
    }

    /// Writes one line of our own words; whatever could drive a terminal in it is escaped.
    func writeLine(_ line: String) {
        write(TerminalText.lines(line) + "\n")
    }

    /// Writes a text that came from a program or a file: escaped on a terminal, as it is everywhere else.
    ///
    /// A terminal gets a newline where the text ends without one.
    func writeContent(_ text: String) {
        guard isTerminal else { return write(text) }
        let shown = TerminalText.lines(text)
        write(shown.isEmpty || shown.utf8.last == UInt8(ascii: "\n") ? shown : shown + "\n")
    }
}
