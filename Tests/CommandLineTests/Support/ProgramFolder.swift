// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where the built programs are: `CMCP_BIN_DIR`, else beside this test bundle.
enum ProgramFolder {
    static var commandLine: String { path + "/cmcp-cli" }

    private static var path: String {
        if let named = unsafe getenv("CMCP_BIN_DIR") { return unsafe String(cString: named) }
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/").dropLast().reduce(into: "") { $0 += "/" + $1 }
    }
}
