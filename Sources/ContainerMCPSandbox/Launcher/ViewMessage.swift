// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux

/// A view and the sizes of what each call has of its own, as the launcher is told.
struct ViewMessage: Sendable {
    var view: RuntimeView
    var tmpBytes = 64 << 20
    var tmpNames = 4096
    var sharedMemoryBytes: Int? = 16 << 20
    var forbidsNewCode = false
    /// The AppArmor profile to attach; nil for none.
    var profile: String?

    /// Encodes for a level: mounts and rules of the new root, or rules on the host's paths.
    func encoded(id: UInt32, level: SandboxLevel) -> WireWriter {
        var writer = WireWriter(CMCP_REQUEST_VIEW)
        writer.write(id)
        let noNewCode = forbidsNewCode ? CMCP_VIEW_NO_NEW_CODE.rawValue : 0
        let named = profile == nil ? 0 : CMCP_VIEW_PROFILE.rawValue
        writer.write((sharedMemoryBytes == nil ? 0 : CMCP_VIEW_SHM.rawValue) | noNewCode | named)
        writer.write(UInt32(clamping: tmpBytes))
        writer.write(UInt32(clamping: tmpNames))
        writer.write(UInt32(clamping: sharedMemoryBytes ?? 0))
        writer.write(UInt32(256))
        let nodes = level.hasOwnRoot ? allNodes : []
        writer.write(UInt32(clamping: nodes.count))
        for node in nodes { encode(node, into: &writer) }
        let rules = level.hasOwnRoot ? rootRules : hostRules
        writer.write(UInt32(clamping: rules.count))
        for rule in rules {
            writer.write(rule.grant)
            writer.write(rule.path)
        }
        if let profile { writer.write(profile) }
        return writer
    }

    private var allNodes: [RuntimeView.Node] {
        var view = view
        if sharedMemoryBytes != nil { view.addFolder("/dev/shm") }
        return view.nodes
    }

    private func encode(_ node: RuntimeView.Node, into writer: inout WireWriter) {
        var (kind, flags, device, inode, source) = (
            CMCP_ENTRY_FOLDER.rawValue, UInt32(0), UInt64(0), UInt64(0), ""
        )
        switch node.kind {
        case .folder:
            break
        case .link(let text):
            (kind, source) = (CMCP_ENTRY_SYMLINK.rawValue, text)
        case .text(let contents):
            (kind, source) = (CMCP_ENTRY_TEXT.rawValue, contents)
        case .bind(let path, let access, let deviceNumber, let inodeNumber):
            (kind, flags, device, inode, source) =
                (CMCP_ENTRY_BIND.rawValue, access.rawValue & 0xff, deviceNumber, inodeNumber, path)
        }
        writer.write(kind)
        writer.write(flags)
        writer.write(device)
        writer.write(inode)
        writer.write(source)
        writer.write(node.path)
    }

    private struct Rule {
        let grant: UInt32
        let path: String
    }

    /// Rules inside the new root, where nothing exists but what was listed.
    private var rootRules: [Rule] {
        var rules = [Rule(grant: CMCP_GRANT_READ.rawValue, path: "/")]
        // Programs may run from the folders that hold them; those folders hold only listed ones.
        var tops: Set<String> = []
        for node in view.nodes {
            guard case .bind(_, let access, _, _) = node.kind else { continue }
            if access.contains(.device) {
                rules.append(Rule(grant: CMCP_GRANT_DEVICE.rawValue, path: node.path))
            } else if access.contains(.writable) {
                let execute = access.contains(.program) ? CMCP_GRANT_EXECUTE.rawValue : 0
                rules.append(Rule(grant: CMCP_GRANT_WRITE.rawValue | execute, path: node.path))
            } else if access.contains(.program), let top = node.path.split(separator: "/").first {
                tops.insert("/" + top)
            }
        }
        for top in tops.sorted() { rules.append(Rule(grant: CMCP_GRANT_EXECUTE.rawValue, path: top)) }
        rules.append(Rule(grant: CMCP_GRANT_WRITE.rawValue, path: "/tmp"))
        if sharedMemoryBytes != nil { rules.append(Rule(grant: CMCP_GRANT_WRITE.rawValue, path: "/dev/shm")) }
        return rules
    }

    /// Rules on the host's own paths, file by file.
    private var hostRules: [Rule] {
        view.nodes.compactMap { node in
            guard case .bind(let source, let access, _, _) = node.kind else { return nil }
            if access.contains(.device) { return Rule(grant: CMCP_GRANT_DEVICE.rawValue, path: source) }
            var grant = CMCP_GRANT_READ.rawValue
            if access.contains(.writable) { grant |= CMCP_GRANT_WRITE.rawValue }
            if access.contains(.program) { grant |= CMCP_GRANT_EXECUTE.rawValue }
            return Rule(grant: grant, path: source)
        }
    }
}
