// SPDX-License-Identifier: Apache-2.0

import CContainerMCPLinux
import Glibc

/// The C shim that opens beneath a folder, for tests that go around its Swift caller.
enum Shim {
    static func open(_ folder: Int32, _ path: String, _ stepwise: Int32) -> Int32 {
        unsafe cmcp_file_open(folder, path, O_RDONLY | O_DIRECTORY, 0, stepwise)
    }
}
