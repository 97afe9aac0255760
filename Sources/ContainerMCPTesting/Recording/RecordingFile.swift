// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import Glibc
internal import Synchronization

/// The file of one process that all its recordings go to.
///
/// `{"wire":1,"framing":"lines"}` is a line that begins a recording, perhaps with a `"revision"`. `{"wire":1,"from":"server","count":72}` adds to it: so
/// many bytes follow that line as they are, and a line feed. A client's line may say `"broken":true`; of much that a client
/// sends at once the middle is left out: `"skipped":4096` bytes behind the first `"head":262144`. The file holds at most
/// ``limit`` bytes and ends with `{"isFull":true}` where that was not enough.
final class RecordingFile: Sendable {
    private struct State {
        var written = 0
        var isFull = false
    }

    /// The most bytes of one file.
    static let limit = 256 << 20
    /// What is kept of the bytes that a client sends at once: so many at their beginning, and the last ones.
    private static let head = 256 << 10
    private static let tail = 4 << 10

    /// The file of this process, nil where nobody wants a recording or it can't be made.
    static let shared: RecordingFile? = {
        guard let folder = unsafe getenv(WireRecording.folderVariable) else { return nil }
        let name = "\(getpid())-\(String(UInt32.random(in: 0 ... .max), radix: 16)).wire"
        let path = unsafe String(cString: folder) + "/" + name
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        return descriptor < 0 ? nil : RecordingFile(descriptor)
    }()

    private static let lastNumber = Atomic<UInt64>(0)

    private let descriptor: Int32
    private let state = Mutex(State())

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    static func nextNumber() -> UInt64 {
        lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
    }

    func begin(_ number: UInt64, _ framing: WireRecording.Framing, _ revision: ProtocolRevision?) {
        let known = revision.map { ",\"revision\":\"\($0.rawValue)\"" } ?? ""
        write(Array("{\"wire\":\(number),\"framing\":\"\(framing.rawValue)\"\(known)}\n".utf8))
    }

    func add(_ number: UInt64, fromClient isClient: Bool, _ bytes: [UInt8], isBroken: Bool) {
        guard !bytes.isEmpty else { return }
        var line = "{\"wire\":\(number),\"from\":\"\(isClient ? "client" : "server")\""
        if isBroken { line += ",\"broken\":true" }
        let skipped = isClient ? bytes.count - Self.head - Self.tail : 0
        if skipped > 0 {
            line += ",\"skipped\":\(skipped),\"head\":\(Self.head),\"count\":\(Self.head + Self.tail)}\n"
            write(Array(line.utf8) + bytes.prefix(Self.head) + bytes.suffix(Self.tail) + [0x0A])
        } else {
            line += ",\"count\":\(bytes.count)}\n"
            write(Array(line.utf8) + bytes + [0x0A])
        }
    }

    /// Writes an entry whole, before any that is written later.
    private func write(_ entry: [UInt8]) {
        state.withLock { state in
            guard !state.isFull else { return }
            state.isFull = state.written + entry.count > Self.limit
            let line = state.isFull ? Array("{\"isFull\":true}\n".utf8) : entry
            state.written += line.count
            var position = 0
            while position < line.count {
                let count = unsafe line[position...].withUnsafeBytes { rest in
                    unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                }
                // A full disk: what is missing shows as an entry that is cut.
                guard count > 0 || errno == EINTR else { return state.isFull = true }
                position += max(count, 0)
            }
        }
    }
}
