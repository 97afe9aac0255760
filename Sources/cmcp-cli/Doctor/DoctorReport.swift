// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import ContainerMCPSandbox

/// A diagnosis as a person and as a program read it.
struct DoctorReport {
    private struct Layer {
        let name: String
        let status: String
        let detail: String
        let advice: String
    }

    private let diagnosis: SandboxDiagnosis
    private let layers: [Layer]

    init(_ diagnosis: SandboxDiagnosis, advice: Advice) {
        self.diagnosis = diagnosis
        layers = Mechanism.allCases.map { mechanism in
            let known = diagnosis.report.map {
                $0.statuses[mechanism] ?? .unavailable(reason: "not part of this level")
            }
            let status = known ?? .unavailable(reason: "no level can be had")
            return Layer(
                name: mechanism.rawValue,
                status: status.word,
                detail: status.detail,
                advice: advice.text(for: mechanism, known)
            )
        }
    }

    // MARK: JSON

    var json: JSONValue {
        let levels = diagnosis.attempts.map { attempt -> JSONValue in
            [
                "level": .string(attempt.level.rawValue),
                "failure": attempt.failure.map { .string($0) } ?? .null,
            ]
        }
        return [
            "level": diagnosis.report.map { .string($0.level.rawValue) } ?? .null,
            "required": .string(diagnosis.required.rawValue),
            "sufficient": .bool(diagnosis.isSufficient),
            "levels": .array(levels),
            "layers": .array(
                layers.map { layer in
                    [
                        "name": .string(layer.name), "status": .string(layer.status),
                        "detail": .string(layer.detail), "advice": .string(layer.advice),
                    ]
                }
            ),
            "reduced_promises": .array((diagnosis.report?.reducedPromises ?? []).map { .string($0) }),
        ]
    }

    // MARK: Text

    func write() {
        let output = TextStream.output
        let level = diagnosis.report?.level.rawValue ?? "no level can be had"
        let verdict = diagnosis.isSufficient ? "" : "; a server would not start"
        output.writeLine("Sandbox: \(level) (required: \(diagnosis.required.rawValue)\(verdict))")
        let failed = diagnosis.attempts.filter { $0.failure != nil }
        if !failed.isEmpty {
            output.write("\n")
            var table = TextTable(["LEVEL", "WHY IT CAN'T BE HAD"])
            for attempt in failed { table.add([attempt.level.rawValue, attempt.failure ?? ""]) }
            table.write(to: output)
        }
        if diagnosis.report != nil {
            output.write("\n")
            var table = TextTable(["LAYER", "STATUS", "DETAIL"])
            for layer in layers { table.add([layer.name, layer.status, layer.detail]) }
            table.write(to: output) { column, text in column == 1 ? Self.colour(of: text) : nil }
        }
        let promises = diagnosis.report?.reducedPromises ?? []
        writeList("Weaker than at level full:", promises)
        var seen: Set<String> = []
        writeList(
            "What would improve it:",
            layers.filter { !$0.advice.isEmpty && seen.insert($0.advice).inserted }.map {
                "\($0.name): \($0.advice)"
            }
        )
    }

    private func writeList(_ title: String, _ lines: [String]) {
        guard !lines.isEmpty else { return }
        TextStream.output.writeLine("\n\(title)")
        let width = TextStream.output.width ?? .max
        for line in lines {
            let parts = TextTable.wrapped(TerminalText.word(line), to: max(20, width - 4))
            for (number, part) in parts.enumerated() {
                TextStream.output.writeLine((number == 0 ? "  - " : "    ") + part)
            }
        }
    }

    private static func colour(of status: String) -> ColouredText.Colour? {
        switch status {
        case "enforced": .green
        case "partial": .yellow
        case "unavailable": .red
        default: nil
        }
    }
}
