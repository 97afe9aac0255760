// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc
import Testing

/// Ways out over a network or a socket of the host (B-17, P-9).
@Suite struct NetworkTests {
    private static let code = """
        import socket, os
        families = {'INET': socket.AF_INET, 'INET6': socket.AF_INET6, 'NETLINK': 16, 'PACKET': 17, 'VSOCK': 40, 'ALG': 38, 'BLUETOOTH': 31, 'CAN': 29, 'RDS': 21, 'TIPC': 30, 'XDP': 44, 'KEY': 15, 'QIPCRTR': 42, 'NFC': 39, 'MCTP': 45, 'SMC': 43, 'X25': 9, 'AX25': 3}
        for name, number in families.items():
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
                try: socket.socket(number, kind); print('OPENED', name, kind)
                except OSError as error:
                    if error.errno != 97: print('OTHER', name, error.errno)
            try: socket.socketpair(number); print('PAIR', name)
            except OSError: pass
        try: s = socket.create_connection(('127.0.0.1', PORT), 1); print('CONNECTED')
        except OSError: pass
        try: print('RESOLVED', socket.getaddrinfo('localhost.example', 80))
        except OSError: pass
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        # Connecting by sendto with TCP fast open needs a socket first; a descriptor of the right kind there is none.
        for fd in range(4):
            address = b'\\x02\\x00' + (PORT).to_bytes(2, 'big') + b'\\x7f\\0\\0\\1' + bytes(8)
            if libc.connect(fd, address, 16) == 0: print('CONNECTED', fd)
        try:
            s = socket.socket(socket.AF_UNIX); s.connect('SOCKET'); print('CONNECTED', s.recv(100))
        except OSError: pass
        for way in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try: s = socket.socket(socket.AF_UNIX, way); s.connect('\\0cmcp-host-PORT'); print('CONNECTED abstract')
            except OSError: pass
        """

    /// A listening socket of the test process with an address for everybody.
    private final class Listener {
        let number: Int32
        let port: Int

        init() throws {
            number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let socket = number
            try unsafe withUnsafeMutablePointer(to: &address) { pointer in
                try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    try #require(unsafe bind(socket, pointer, size) == 0 && listen(socket, 64) == 0)
                    try #require(unsafe getsockname(socket, pointer, &size) == 0)
                }
            }
            port = Int(UInt16(bigEndian: address.sin_port))
            _ = fcntl(number, F_SETFL, O_NONBLOCK)
        }

        /// How many connections came.
        func arrivals() -> Int {
            var count = 0
            while true {
                let accepted = accept(number, nil, nil)
                guard accepted >= 0 else { return count }
                close(accepted)
                count += 1
            }
        }

        deinit { close(number) }
    }

    @Test(arguments: Place.attacked)
    func `nothing reaches a network or a socket of the host`(place: Place) async throws {
        let listener = try Listener()
        try await AttackServer.with(place) { attacked in
            let meeting = attacked.folder + "/host.socket"
            let host = try Unconfined.start(
                "/usr/bin/python3",
                ["python3", "-I", "-S", "-c", Self.host, meeting, "\(listener.port)"]
            )
            defer {
                kill(host, SIGKILL)
                _ = Unconfined.wait(for: host)
            }
            let isUp = await eventually { HostFolder.exists(meeting + ".ready") }
            #expect(isUp)
            let text = Self.code.replacing("PORT", with: "\(listener.port)").replacing(
                "SOCKET",
                with: meeting
            )
            let reply = await attacked.python(text)
            #expect(reply.output.isEmpty, "\(reply.everything)")
            let shell = await attacked.bash(
                "exec 3<>/dev/tcp/127.0.0.1/\(listener.port) && echo CONNECTED; exec 4<>/dev/udp/127.0.0.1/53 && echo CONNECTED; echo > /dev/tcp/localhost/\(listener.port) && echo CONNECTED"
            )
            #expect(!shell.output.contains("CONNECTED"), "\(shell.everything)")
            #expect(listener.arrivals() == 0)
            let web = await attacked.python(
                "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:\(listener.port)/', timeout=2)"
            )
            #expect(web.failed)
            #expect(listener.arrivals() == 0)
            // The same code shows what there is when nothing is in its way.
            let control = try Unconfined.python(text, in: attacked.folder)
            #expect(
                control.output.contains("CONNECTED\n") && control.output.contains("CONNECTED abstract"),
                "\(control.output)"
            )
            #expect(control.output.contains("host says hello"), "\(control.output)")
            #expect(listener.arrivals() > 0)
        }
    }

    private static let host = """
        import socket, sys, threading
        def serve(address, kind=socket.SOCK_STREAM):
            s = socket.socket(socket.AF_UNIX, kind); s.bind(address); s.listen()
            def loop():
                while True:
                    c, _ = s.accept(); c.send(b'host says hello'); c.close()
            threading.Thread(target=loop).start()
        import os
        os.umask(0)
        serve(sys.argv[1]); serve('\\0cmcp-host-' + sys.argv[2])
        open(sys.argv[1] + '.ready', 'w').close()
        """
}
