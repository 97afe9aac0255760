// SPDX-License-Identifier: Apache-2.0

extension WallContents {
    /// What the launcher needs as root until it has become a user namespace's.
    private static let rootCapabilities = [
        "CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETFCAP", "CAP_KILL",
    ]

    /// The arguments by which bubblewrap builds an empty root, puts the contents there and starts the launcher in it.
    ///
    /// There is no `--die-with-parent`: that signal comes when the thread ends that started the helper. The launcher
    /// sees the end of its socket instead, and the wall ends with it.
    func bubblewrapArguments(level: SandboxLevel, isRoot: Bool, isSetUserID: Bool) -> [String] {
        var arguments = ["--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
        if isRoot {
            // Children become another user, which takes a map of two ids: the launcher makes that namespace itself.
            arguments += ["--cap-drop", "ALL"] + Self.rootCapabilities.flatMap { ["--cap-add", $0] }
        } else {
            arguments.append(isSetUserID ? "--unshare-user-try" : "--unshare-user")
            arguments += ["--cap-drop", "ALL"]
        }
        if level == .noproc {
            // No proc can be mounted, so process numbers must be those that the machine's /proc shows. Each call
            // has a pid namespace of its own.
            arguments += ["--bind", "/proc", "/proc"]
        } else {
            arguments += ["--unshare-pid", "--proc", "/proc"]
        }
        arguments += ["--new-session", "--hostname", "sandbox", "--dir", "/tmp", "--dir", "/run"]
        // Named one by one: those that bubblewrap makes by itself are closed to every other user.
        for folder in parents { arguments += ["--dir", folder] }
        for link in links { arguments += ["--symlink", link.text, link.path] }
        for source in sources {
            let option = source.isDevice ? "--dev-bind" : source.isWritable ? "--bind" : "--ro-bind"
            arguments += [option, source.path, source.path]
        }
        return arguments + ["--remount-ro", "/", "--chdir", "/", "--"]
    }
}
