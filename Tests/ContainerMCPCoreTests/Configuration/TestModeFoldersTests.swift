// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import ContainerMCPCore

@Suite struct TestModeFoldersTests {
    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return status.st_mode & 0o7777
    }

    @Test func `fresh private folders take the place of the configured ones`() throws {
        let folders = try TestModeFolders()
        // Under root, children are another user: they get through to the sandbox, and nobody else gets in at all.
        #expect(mode(folders.base) == (geteuid() == 0 ? 0o710 : 0o700))
        #expect(mode(folders.sandbox) == 0o755 && mode(folders.data) == 0o755)
        #expect(mode(folders.temp) == 0o711 && mode(folders.logs) == 0o700)
        let plain = try Settings.load(
            environment: ["CMCP_TEST_MODE": "1", "SANDBOX_ROOT": "/srv/x", "TASK_STORE_DIR": "/srv/tasks"],
            currentDirectory: "/nonexistent"
        )
        #expect(plain.isTestMode)
        let settings = plain.using(folders)
        #expect(settings.sandbox.root == folders.sandbox)
        #expect(settings.sandbox.dataFolder == folders.data)
        #expect(settings.sandbox.tempFolder == folders.temp)
        #expect(settings.logging.folder == folders.logs)
        #expect(settings.audit.path == folders.logs + "/audit.jsonl")
        #expect(settings.tools.taskStore == nil)
        #expect(settings.origin(of: "SANDBOX_ROOT") == .testMode)
        #expect(settings.origin(of: "CMCP_TEST_MODE") == .environment)
        let rows = ConfigurationReport(settings).rows
        #expect(rows.first { $0.key == "SANDBOX_ROOT" }?.value == folders.sandbox)
        try folders.remove()
        #expect(mode(folders.base) == nil)
        try folders.remove()
    }

    @Test func `removal takes everything inside and follows no link out`() throws {
        let outside = try TemporaryFolder()
        try outside.write("keep.txt", "kept")
        let folders = try TestModeFolders()
        #expect(unsafe symlink(outside.path, folders.sandbox + "/link") == 0)
        #expect(unsafe symlink(outside.path + "/keep.txt", folders.sandbox + "/file-link") == 0)
        #expect(unsafe symlink("loop", folders.sandbox + "/loop") == 0)
        #expect(unsafe mkfifo(folders.sandbox + "/pipe", 0o600) == 0)
        #expect(unsafe mkdir(folders.sandbox + "/closed", 0o700) == 0)
        #expect(unsafe mkdir(folders.sandbox + "/closed/inner", 0o700) == 0)
        #expect(unsafe mkdir(folders.sandbox + "/closed/inner/more", 0o000) == 0)
        #expect(unsafe chmod(folders.sandbox + "/closed/inner", 0o000) == 0)
        #expect(unsafe chmod(folders.sandbox + "/closed", 0o000) == 0)
        #expect(unsafe mkdir(folders.sandbox + "/.removed-1", 0o700) == 0)
        try folders.remove()
        #expect(mode(folders.base) == nil)
        #expect(try outside.read("keep.txt") == "kept")
    }

    @Test func `a tree of any depth and width is removed with few descriptors`() throws {
        let folders = try TestModeFolders()
        var folder = unsafe open(folders.sandbox, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for level in 0..<1_200 {
            #expect(unsafe mkdirat(folder, "d", 0o700) == 0)
            if level % 100 == 0 {
                for number in 0..<20 { #expect(unsafe mkdirat(folder, "w\(number)", 0o700) == 0) }
            }
            let next = unsafe openat(folder, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            close(folder)
            folder = next
        }
        close(folder)
        for number in 0..<4_200 {
            let file = unsafe open(folders.temp + "/f\(number)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            close(file)
        }
        let odd: [CChar] = Array(folders.temp.utf8CString.dropLast()) + [0x2F, -1, -2, 0]
        #expect(unsafe mkdir(odd, 0o700) == 0)
        try folders.remove()
        #expect(mode(folders.base) == nil)
    }

    @Test func `another folder under the same name is left alone`() throws {
        let folders = try TestModeFolders()
        let moved = folders.base + ".moved"
        #expect(unsafe rename(folders.base, moved) == 0)
        #expect(unsafe mkdir(folders.base, 0o700) == 0)
        #expect(throws: ToolError.self) { try folders.remove() }
        #expect(mode(folders.base) == 0o700)
        #expect(unsafe rmdir(folders.base) == 0)
        #expect(unsafe symlink(moved, folders.base) == 0)
        #expect(throws: ToolError.self) { try folders.remove() }
        #expect(mode(moved + "/sandbox") == 0o755)
        #expect(unsafe unlink(folders.base) == 0)
        #expect(unsafe rename(moved, folders.base) == 0)
        try folders.remove()
    }

    @Test func `a place that can't be written is an error`() {
        #expect(throws: ToolError.self) { try TestModeFolders(in: "/nonexistent") }
    }
}
