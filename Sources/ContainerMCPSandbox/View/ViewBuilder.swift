// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Puts together what a child sees, file by file: programs, and what the loader reads for them (ld.so(8)).
public struct ViewBuilder {
    /// The view so far.
    public private(set) var view = RuntimeView()
    private var visited: Set<String> = []
    private let libraryFolders: [String]

    /// Folders in which a command without a slash is looked for, in order.
    public static let commandFolders = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]

    /// Starts a view that holds devices, a user database with one user, and nothing to run.
    public init() {
        libraryFolders = Self.loaderFolders()
        for folder in ["/dev", "/etc", "/proc", "/tmp"] {
            view.addFolder(folder)
        }
        for folder in ["/bin", "/sbin", "/lib", "/lib64"] {
            // Where /usr is merged these are links, and the loader and scripts use them.
            guard let link = HostPath.walk(folder)?.links.first, link.path == folder else { continue }
            view.add(folder, .link(link.text))
        }
        for device in ["null", "zero", "full", "random", "urandom"] {
            view.addHost("/dev/\(device)", [.device, .writable, .noexec])
        }
        view.add("/dev/fd", .link("/proc/self/fd"))
        view.add("/dev/stdin", .link("/proc/self/fd/0"))
        view.add("/dev/stdout", .link("/proc/self/fd/1"))
        view.add("/dev/stderr", .link("/proc/self/fd/2"))
        view.add("/etc/passwd", .text("sandbox:x:1000:1000::/workspace:/bin/bash\n"))
        view.add("/etc/group", .text("sandbox:x:1000:\n"))
        view.add("/etc/nsswitch.conf", .text("passwd: files\ngroup: files\nhosts: files\n"))
        view.add("/etc/hosts", .text("127.0.0.1 localhost\n"))
        view.addHost("/etc/ld.so.cache")
        view.addHostFolder("/usr/lib/locale/C.utf8")
    }

    /// Adds the folders that a call works in.
    ///
    /// - Parameters:
    ///   - workspace: The sandbox root on the host; becomes `/workspace`.
    ///   - executable: Whether programs in it may run.
    ///   - data: The read-only folder on the host that becomes `/data`.
    /// - Throws: ``SandboxError`` with code `badConfiguration` when one does not exist.
    public mutating func addFolders(workspace: String, executable: Bool, data: String?) throws(SandboxError) {
        try view.bind(
            workspace,
            at: "/workspace",
            executable ? [.writable, .program] : [.writable, .noexec]
        )
        if let data {
            try view.bind(data, at: "/data", [.noexec])
        } else {
            view.addFolder("/data")
        }
    }

    /// Adds a listed command with what it needs to start.
    ///
    /// - Parameter command: A name, looked for in ``commandFolders``, or an absolute path.
    /// - Returns: The path by which the command was found and the file it leads to, or nil when there is none.
    @discardableResult
    public mutating func addCommand(_ command: String) -> (path: String, real: String)? {
        guard let path = Self.find(command) else { return nil }
        guard let real = addProgram(path) else { return nil }
        addCompanions(of: real)
        return (path, real)
    }

    /// Finds a command as a shell would.
    public static func find(_ command: String) -> String? {
        let candidates = command.hasPrefix("/") ? [command] : commandFolders.map { "\($0)/\(command)" }
        guard !command.isEmpty, command.hasPrefix("/") || !command.contains("/") else { return nil }
        return candidates.first { path in
            guard let walk = HostPath.walk(path), walk.isRegular else { return false }
            return walk.mode & 0o111 != 0
        }
    }

    /// Every path in ``commandFolders`` that leads to the same file as a command.
    ///
    /// - Parameter command: A name or an absolute path.
    /// - Returns: The paths, without duplicates; empty when there is no such command.
    public static func paths(of command: String) -> [String] {
        guard let found = find(command), let real = HostPath.walk(found)?.real else { return [] }
        let name = found.split(separator: "/").last.map(String.init) ?? ""
        let candidates = [found, real] + commandFolders.map { "\($0)/\(name)" }
        var seen: Set<String> = []
        return candidates.filter { HostPath.walk($0)?.real == real && seen.insert($0).inserted }
    }

    /// Adds a program, its interpreter and its libraries.
    ///
    /// - Returns: The program's path without links.
    @discardableResult
    public mutating func addProgram(_ path: String) -> String? {
        guard let real = view.addHost(path, .program) else { return nil }
        addDependencies(of: real)
        return real
    }

    /// Shows every program of the host's runtime folders.
    public mutating func addEverything() {
        for folder in [
            "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/share", "/usr/local",
        ] {
            view.addHostFolder(folder, .program)
        }
        for folder in ["/bin", "/sbin", "/lib", "/lib64", "/lib32", "/etc/alternatives"] {
            view.addHostFolder(folder, .program)
        }
    }

    /// Adds a Python interpreter with its standard library and the time zone data.
    ///
    /// - Parameter interpreter: The absolute path of an ELF file.
    /// - Returns: The interpreter's path without links.
    /// - Throws: ``SandboxError`` with code `badConfiguration` when the standard library can't be found.
    @discardableResult
    public mutating func addPython(_ interpreter: String) throws(SandboxError) -> String {
        guard let real = addProgram(interpreter) else {
            throw SandboxError(.badConfiguration, "there is no Python interpreter at '\(interpreter)'")
        }
        guard let library = Self.standardLibrary(of: real) else {
            throw SandboxError(.badConfiguration, "the standard library of '\(real)' was not found beside it")
        }
        view.addHostFolder(library)
        for name in HostPath.names(in: library + "/lib-dynload") where name.hasSuffix(".so") {
            addDependencies(of: "\(library)/lib-dynload/\(name)")
        }
        view.addHostFolder("/usr/share/zoneinfo")
        return real
    }

    /// `…/lib/pythonX.Y` beside `…/bin/pythonX.Y`.
    static func standardLibrary(of interpreter: String) -> String? {
        let parts = interpreter.split(separator: "/")
        guard parts.count >= 2, let name = parts.last else { return nil }
        let prefix = "/" + parts.dropLast(2).joined(separator: "/")
        let folders = [prefix == "/" ? "/lib/\(name)" : "\(prefix)/lib/\(name)", "/usr/lib/\(name)"]
        return folders.first { HostPath.walk($0 + "/os.py") != nil }
    }

    private mutating func addDependencies(of path: String) {
        var pending = [path]
        while let next = pending.popLast() {
            guard visited.insert(next).inserted, visited.count < 2000 else { continue }
            if let interpreter = Self.scriptInterpreter(next) {
                if let real = view.addHost(interpreter, .program) { pending.append(real) }
                continue
            }
            guard let elf = ElfFile(path: next) else { continue }
            if let interpreter = elf.interpreter, let real = view.addHost(interpreter, .program) {
                pending.append(real)
            }
            let origin = next.lastIndex(of: "/").map { String(next[..<$0]) } ?? "/"
            let own = elf.searchPaths.map { Self.replaceOrigin($0, origin) }
            for name in elf.needed {
                let candidates = name.hasPrefix("/") ? [name] : (own + libraryFolders).map { "\($0)/\(name)" }
                guard let found = candidates.first(where: { ElfFile(path: $0) != nil }),
                    let real = view.addHost(found)
                else { continue }
                pending.append(real)
            }
        }
    }

    private static func replaceOrigin(_ path: String, _ origin: String) -> String {
        for token in ["$ORIGIN", "${ORIGIN}"] where path.hasPrefix(token) {
            return origin + path.dropFirst(token.count)
        }
        return path
    }

    /// The interpreter on the first line of a script (execve(2)).
    private static func scriptInterpreter(_ path: String) -> String? {
        guard let head = HostPath.read(path, limit: 256), head.starts(with: [0x23, 0x21]),
            let end = head.firstIndex(of: 0x0a), let line = String(validating: head[2..<end], as: UTF8.self)
        else { return nil }
        let word = line.split(separator: " ", omittingEmptySubsequences: true).first.map(String.init)
        return word.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }

    /// Data folders without which a few common programs do not start.
    private mutating func addCompanions(of program: String) {
        guard let name = program.split(separator: "/").last else { return }
        switch name {
        case let python where python.hasPrefix("python3."):
            if let library = Self.standardLibrary(of: program) { view.addHostFolder(library) }
        case let perl where perl.hasPrefix("perl"):
            for folder in libraryFolders + ["/usr/share"] {
                for entry in HostPath.names(in: folder) where entry.hasPrefix("perl") {
                    view.addHostFolder("\(folder)/\(entry)")
                }
            }
        case "git":
            view.addHostFolder("/usr/lib/git-core", .program)
            view.addHostFolder("/usr/share/git-core")
        case "file":
            for path in ["/usr/share/misc/magic.mgc", "/usr/lib/file/magic.mgc", "/etc/magic"] {
                view.addHost(path)
            }
        default:
            break
        }
    }

    /// The folders of ld.so.conf, then the loader's own.
    private static func loaderFolders() -> [String] {
        var folders: [String] = []
        var files = ["/etc/ld.so.conf"]
        var index = 0
        while index < files.count, index < 64 {
            let text = HostPath.read(files[index], limit: 65_536) ?? []
            index += 1
            for raw in String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline) {
                let line = raw.prefix { $0 != "#" }.split(separator: " ").joined(separator: " ")
                if line.hasPrefix("include "), line.hasSuffix("/*.conf") {
                    let folder = String(line.dropFirst(8).dropLast(7))
                    files += HostPath.names(in: folder).filter { $0.hasSuffix(".conf") }.map {
                        "\(folder)/\($0)"
                    }
                } else if line.hasPrefix("/") {
                    folders.append(line)
                }
            }
        }
        folders += ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu"]
        folders += ["/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"]
        var seen: Set<String> = []
        return folders.compactMap { folder in
            guard let walk = HostPath.walk(folder), walk.isFolder else { return nil }
            return seen.insert(walk.real).inserted ? walk.real : nil
        }
    }
}
