// SPDX-License-Identifier: Apache-2.0

/// A rule of the policy file at work.
///
/// It matches a demand when every field that it has matches; a field matches when one of its entries does.
struct PolicyFileRule: PolicyRule {
    let id: String
    let origin: RuleOrigin

    private let definition: PolicyFile.Rule
    private let programs: ProgramTable
    private let tools: [NamePattern]?
    private let commands: [NamePattern]?
    /// The listed programs that `commands` names, by entry: the same file under another name counts too.
    private let namedPrograms: Set<ProgramTable.Program>
    private let paths: [PathPattern]?
    private let domains: [DomainPattern]?
    private let subjects: [NamePattern]?

    init(definition: PolicyFile.Rule, programs: ProgramTable) {
        id = definition.id
        origin = .policyFile(line: definition.line)
        self.definition = definition
        self.programs = programs
        tools = definition.tools?.map { NamePattern($0) }
        let commands = definition.commands?.map { NamePattern($0) }
        self.commands = commands
        namedPrograms = Set(
            programs.programs.filter { program in
                commands?.contains { pattern in
                    pattern.matches(program.entry) || program.paths.contains { pattern.matches($0) }
                } ?? false
            }
        )
        paths = definition.paths?.compactMap { PathPattern($0) }
        domains = definition.domains?.map(DomainPattern.init)
        subjects = definition.subjects?.map { NamePattern($0) }
    }

    func verdict(on request: PolicyRequest) -> RuleVerdict {
        guard matches(request) else { return .abstains }
        switch definition.verdict {
        case .allow:
            return .grants(definition.reason ?? "the rule allows it")
        case .deny:
            let reason = definition.reason.map { ": \($0)" } ?? ""
            return .denies(
                """
                The policy denies to \(request.demand.summary) (rule '\(ShownText(id))'\(reason)). \
                Ask the operator if it is needed.
                """
            )
        case .ask:
            return .asks(definition.reason ?? "the rule asks for it")
        }
    }

    private func matches(_ request: PolicyRequest) -> Bool {
        if let tools, !tools.contains(where: { $0.matches(request.tool.rawValue) }) { return false }
        if let subjects, !subjects.contains(where: { $0.matches(request.subject.id) }) { return false }
        if let effects = definition.effects, !effects.contains(request.demand.effect) { return false }
        if commands != nil, !matchesCommand(request.demand) { return false }
        if let paths, !matches(paths, request.demand) { return false }
        if let domains {
            guard case .fetch(let host) = request.demand, domains.contains(where: { $0.matches(host) }) else {
                return false
            }
        }
        return true
    }

    private func matchesCommand(_ demand: Demand) -> Bool {
        guard let commands else { return true }
        switch demand {
        case .runCommandLine:
            // Allowing a program is of no use without allowing bash to start it.
            return definition.verdict == .allow
        case .runProgram(let name, let path):
            if let program = programs.program(named: name, path: path), namedPrograms.contains(program) {
                return true
            }
            if commands.contains(where: { $0.matches(path ?? name) }) { return true }
            guard definition.verdict != .allow, let path else { return false }
            // To be denied or asked about it is enough to look like the program; to be allowed it is not.
            let last = path.utf8.split(separator: UInt8(ascii: "/")).last ?? []
            return commands.contains { $0.matches(last) }
        case .runPython, .readFile, .writeFile, .listFolder, .deleteFile, .moveFrom, .moveTo, .readVariables,
            .readHealth, .fetch, .other:
            return false
        }
    }

    private func matches(_ paths: [PathPattern], _ demand: Demand) -> Bool {
        guard let path = demand.path else { return false }
        if paths.contains(where: { $0.matches(path) }) { return true }
        guard definition.verdict != .allow else { return false }
        switch demand {
        case .moveFrom, .moveTo:
            // Moving a folder moves what the rule protects in it.
            return paths.contains { $0.namesSomethingBelow(path) }
        default:
            return false
        }
    }
}
