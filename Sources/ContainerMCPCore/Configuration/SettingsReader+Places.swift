// SPDX-License-Identifier: Apache-2.0

extension SettingsReader {
    /// What the server keeps for itself must not lie where a child can read or replace it.
    private static let keptPlaces: [SettingKey] = [
        .tempFolder, .logFolder, .auditLog, .policyFile, .taskStore, .authTokenFile, .tlsCertificate, .tlsKey,
        .socket,
        .stateKeyFile, .oauthKeys, .oauthAuthorities, .pythonExecutable, .browserPath, .webCertificates,
    ]

    /// A workspace here would give the machine itself away.
    private static let systemFolders: Set<String> = [
        "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib32", "/lib64", "/libx32", "/media", "/mnt",
        "/opt",
        "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/var",
    ]

    mutating func checkPlaces() {
        for key in [SettingKey.sandboxRoot, .dataFolder, .tempFolder, .logFolder, .taskStore] {
            checkFolder(key)
        }
        let root = (SettingKey.sandboxRoot, HostPath.resolved(path(.sandboxRoot)))
        let data = (SettingKey.dataFolder, HostPath.resolved(path(.dataFolder)))
        if HostPath.contains(root.1, data.1) || HostPath.contains(data.1, root.1) {
            refuse(
                .sandboxRoot,
                .dataFolder,
                because: "SANDBOX_ROOT=\(shown(.sandboxRoot)) and DATA_DIR=\(shown(.dataFolder)): "
                    + "neither may lie inside the other."
            )
        }
        for (folder, seen) in [root, data] {
            for key in Self.keptPlaces {
                guard let place = text(key), place.hasPrefix("/"),
                    HostPath.contains(seen, HostPath.resolved(place))
                else {
                    continue
                }
                refuse(
                    key,
                    folder,
                    because: "\(key.name)=\(shown(key)) lies inside \(folder.name)=\(shown(folder)); "
                        + "put it in a folder that no child can see."
                )
            }
            guard let path = file?.path, HostPath.contains(seen, HostPath.resolved(path)) else { continue }
            refuse(
                ["--env-file", folder.name],
                "The environment file \(SettingText.shown(path)) lies inside \(folder.name)=\(shown(folder)); "
                    + "put it in a folder that no child can see."
            )
        }
    }

    private mutating func checkFolder(_ key: SettingKey) {
        guard let folder = text(key) else { return }
        guard folder != "/" else {
            return refuse(
                key,
                because: "\(key.name)=/: the root of the machine can't be used; name another folder."
            )
        }
        let isSeen = key == .sandboxRoot || key == .dataFolder
        if isSeen || key == .tempFolder, HostPath.isLink(folder) {
            refuse(
                key,
                because: "\(key.name)=\(shown(key)): is a symbolic link; name the folder that it leads to."
            )
        }
        let real = HostPath.resolved(folder)
        if key == .sandboxRoot, Self.systemFolders.contains(real) {
            refuse(key, because: "\(key.name)=\(shown(key)): belongs to the system; name a folder below it.")
        } else if isSeen, ["/proc", "/sys"].contains(where: { HostPath.contains($0, real) }) {
            refuse(key, because: "\(key.name)=\(shown(key)): belongs to the kernel; name another folder.")
        }
    }
}
