// SPDX-License-Identifier: Apache-2.0

import Yams

/// Reads the YAML of a policy file, strictly: whatever is unknown, doubled or of the wrong kind is an error.
struct PolicyFileReader {
    static let maximumBytes = 1_024 * 1_024
    static let maximumNodes = 20_000
    static let maximumRules = 1_000
    static let maximumEntries = 256
    static let maximumEntryBytes = 1_024

    struct Contents {
        var rules: [PolicyFile.Rule] = []
        var denyByDefault = false
        var defaultLine = 1
    }

    private static let topKeys = ["version", "default", "rules"]
    private static let ruleKeys = [
        "id", "tools", "commands", "paths", "domains", "subjects", "effects", "verdict", "reason",
    ]

    private var nodes = 0
    private var lineOfRule: [String: Int] = [:]

    mutating func read(_ yaml: [UInt8]) throws(PolicyFileError) -> Contents {
        guard yaml.count <= Self.maximumBytes else {
            throw PolicyFileError(
                line: nil,
                message: "it has \(yaml.count) bytes; at most \(Self.maximumBytes)"
            )
        }
        guard let text = String(validating: yaml, as: UTF8.self) else {
            throw PolicyFileError(line: nil, message: "it is not UTF-8")
        }
        try YAMLPreflight.check(yaml)
        let root = try compose(text)
        return try contents(root)
    }

    private func compose(_ text: String) throws(PolicyFileError) -> Node {
        do {
            guard let node = try Yams.compose(yaml: text, .default, .default, .utf8) else {
                throw PolicyFileError(
                    line: nil,
                    message: "it is empty; at least 'version: 1' must stand in it"
                )
            }
            return node
        } catch let error as PolicyFileError {
            throw error
        } catch let error as YamlError {
            throw Self.translated(error)
        } catch {
            throw PolicyFileError(line: nil, message: "it is not YAML")
        }
    }

    private static func translated(_ error: YamlError) -> PolicyFileError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            PolicyFileError(line: mark.line, message: "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            PolicyFileError(
                line: context.mark.line,
                message: "the key '\(ShownText(keys.first ?? ""))' is given twice in what begins here"
            )
        default:
            PolicyFileError(line: nil, message: "it is not YAML")
        }
    }

    // MARK: Contents

    private mutating func contents(_ root: Node) throws(PolicyFileError) -> Contents {
        let fields = try fields(of: root, named: "the file", keys: Self.topKeys)
        guard let version = fields["version"] else {
            throw PolicyFileError(line: line(root), message: "'version: 1' is missing")
        }
        guard try string(version, "version") == "1" else {
            throw PolicyFileError(line: line(version), message: "'version' must be 1")
        }
        var contents = Contents()
        if let node = fields["default"] {
            contents.defaultLine = line(node)
            switch try string(node, "default") {
            case "settings": contents.denyByDefault = false
            case "deny": contents.denyByDefault = true
            default:
                throw PolicyFileError(line: line(node), message: "'default' must be settings or deny")
            }
        }
        guard let list = fields["rules"] else { return contents }
        guard case .sequence(let sequence) = list else {
            throw PolicyFileError(line: line(list), message: "'rules' must be a list")
        }
        guard sequence.count <= Self.maximumRules else {
            throw PolicyFileError(
                line: line(list),
                message: "there are \(sequence.count) rules; at most \(Self.maximumRules)"
            )
        }
        for (index, node) in sequence.enumerated() {
            contents.rules.append(try rule(node, number: index + 1))
        }
        return contents
    }

    private mutating func rule(_ node: Node, number: Int) throws(PolicyFileError) -> PolicyFile.Rule {
        let fields = try fields(of: node, named: "a rule", keys: Self.ruleKeys)
        let start = line(node)
        let id = try text(fields["id"], "id") ?? "rule-\(number)"
        if let earlier = lineOfRule.updateValue(start, forKey: id) {
            throw PolicyFileError(
                line: start,
                message: "the id '\(ShownText(id))' is that of line \(earlier), too"
            )
        }
        guard let verdictNode = fields["verdict"] else {
            throw PolicyFileError(
                line: start,
                message: "the rule has no 'verdict'; it must be allow, deny or ask"
            )
        }
        guard let verdict = PolicyFile.Rule.Verdict(rawValue: try string(verdictNode, "verdict")) else {
            throw PolicyFileError(line: line(verdictNode), message: "'verdict' must be allow, deny or ask")
        }
        let kinds = ["commands", "paths", "domains"].filter { fields[$0] != nil }
        guard kinds.count < 2 else {
            throw PolicyFileError(
                line: start,
                message: """
                    the rule has '\(kinds[0])' and '\(kinds[1])', which no action is about at once; \
                    make two rules of it
                    """
            )
        }
        let paths = try strings(fields["paths"], "paths")
        for path in paths ?? [] where PathPattern(path) == nil {
            throw PolicyFileError(
                line: fields["paths"].map(line) ?? start,
                message: "'\(ShownText(path))' has an empty component, '.' or '..' in it and can't match"
            )
        }
        return PolicyFile.Rule(
            id: id,
            line: start,
            tools: try strings(fields["tools"], "tools"),
            commands: try strings(fields["commands"], "commands"),
            paths: paths,
            domains: try strings(fields["domains"], "domains"),
            subjects: try strings(fields["subjects"], "subjects"),
            effects: try effects(fields["effects"]),
            verdict: verdict,
            reason: try text(fields["reason"], "reason")
        )
    }

    private mutating func effects(_ node: Node?) throws(PolicyFileError) -> Set<Effect>? {
        guard let node, let names = try strings(node, "effects") else { return nil }
        var effects: Set<Effect> = []
        for name in names {
            guard let effect = Effect(rawValue: name) else {
                let known = Effect.allCases.map(\.rawValue).joined(separator: ", ")
                throw PolicyFileError(
                    line: line(node),
                    message: "'\(ShownText(name))' is no effect; known are \(known)"
                )
            }
            effects.insert(effect)
        }
        return effects
    }

    // MARK: Nodes

    private mutating func fields(
        of node: Node,
        named what: String,
        keys: [String]
    ) throws(PolicyFileError) -> [String: Node] {
        guard case .mapping(let mapping) = node else {
            throw PolicyFileError(line: line(node), message: "\(what) must be made of 'key: value' lines")
        }
        try count(node)
        var fields: [String: Node] = [:]
        for (key, value) in mapping {
            let name = try string(key, "a key")
            guard keys.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                throw PolicyFileError(
                    line: line(key),
                    message: "unknown key '\(ShownText(name))'; known are \(keys.joined(separator: ", "))"
                )
            }
            guard fields.updateValue(value, forKey: name) == nil else {
                throw PolicyFileError(line: line(key), message: "the key '\(ShownText(name))' is given twice")
            }
        }
        return fields
    }

    private mutating func strings(_ node: Node?, _ name: String) throws(PolicyFileError) -> [String]? {
        guard let node else { return nil }
        guard case .sequence(let sequence) = node else {
            throw PolicyFileError(line: line(node), message: "'\(name)' must be a list, as in [\"a\", \"b\"]")
        }
        try count(node)
        guard (1...Self.maximumEntries).contains(sequence.count) else {
            throw PolicyFileError(
                line: line(node),
                message: "'\(name)' has \(sequence.count) entries; it needs 1 to \(Self.maximumEntries)"
            )
        }
        var strings: [String] = []
        for entry in sequence { strings.append(try string(entry, "an entry of '\(name)'")) }
        return strings
    }

    private mutating func text(_ node: Node?, _ name: String) throws(PolicyFileError) -> String? {
        guard let node else { return nil }
        return try string(node, name)
    }

    private mutating func string(_ node: Node, _ name: String) throws(PolicyFileError) -> String {
        try count(node)
        guard case .scalar(let scalar) = node else {
            throw PolicyFileError(line: line(node), message: "\(name) must be a text")
        }
        guard (1...Self.maximumEntryBytes).contains(scalar.string.utf8.count) else {
            throw PolicyFileError(
                line: line(node),
                message:
                    "\(name) has \(scalar.string.utf8.count) bytes; it needs 1 to \(Self.maximumEntryBytes)"
            )
        }
        return scalar.string
    }

    private mutating func count(_ node: Node) throws(PolicyFileError) {
        nodes += 1
        guard nodes <= Self.maximumNodes else {
            throw PolicyFileError(line: line(node), message: "more than \(Self.maximumNodes) values")
        }
    }

    private func line(_ node: Node) -> Int {
        node.mark?.line ?? 1
    }
}
