// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What local sockets of a call hold for senders that are closed: connections to its own listening sockets that nobody
/// has accepted, and messages in the queues of its datagram sockets.
///
/// No open descriptor shows the former and no count of descriptors the size of the latter; the list of local sockets
/// (/proc/PID/net/unix) does.
enum LocalSocketMemory {
    /// What one connection can hold: a send buffer, which the filter keeps at its size.
    private static let connectionBytes = 256 << 10
    /// What one datagram socket can hold: eleven messages of other sockets, each as long as a send buffer (unix(7)).
    private static let datagramBytes = 11 * connectionBytes
    /// So much of the list is read; a longer one counts as far too much.
    private static let listLimit = 4 << 20

    /// The bytes that they can hold together.
    ///
    /// - Parameters:
    ///   - processes: All of a call that has a network namespace behind its filter.
    ///   - room: What they may hold; the sockets are told from other calls' only where they could hold more.
    /// - Returns: The bytes; 0 where all there are would fit in `room`.
    static func bytes(of processes: [Int32], room: Int) -> Int {
        guard let process = processes.first,
            let list = HostPath.readAll("/proc/\(process)/net/unix", limit: listLimit)
        else { return 0 }
        var own: Set<UInt64> = []
        TreeMemory.forEachDescriptor(of: processes) { info, _ in
            if info.st_mode & S_IFMT == S_IFSOCK { own.insert(UInt64(info.st_ino)) }
        }
        // Another call may have made it that long; one without a socket has no part in it.
        guard !own.isEmpty else { return 0 }
        guard list.count < listLimit else { return .max }
        // Number, references, protocol, flags, type, state, inode, address.
        let sockets = list.split(separator: UInt8(ascii: "\n")).dropFirst()
            .map { $0.split(separator: UInt8(ascii: " "), maxSplits: 7, omittingEmptySubsequences: true) }
            .filter { $0.count >= 7 }
        let connections = sockets.filter { $0.count == 8 && $0[6].elementsEqual("0".utf8) }
        let datagrams = sockets.filter { $0[4].elementsEqual("0002".utf8) }
        guard connections.count * connectionBytes + datagrams.count * datagramBytes > room else { return 0 }
        let isOwn = { (socket: [ArraySlice<UInt8>]) in
            own.contains(UInt64(String(decoding: socket[6], as: UTF8.self)) ?? 0)
        }
        // A connection that waits has the address of the socket that listens.
        let addresses = Set(sockets.filter { $0.count == 8 && isOwn($0) }.map { $0[7] })
        return connections.count { addresses.contains($0[7]) } * connectionBytes
            + datagrams.count(where: isOwn) * datagramBytes
    }
}
