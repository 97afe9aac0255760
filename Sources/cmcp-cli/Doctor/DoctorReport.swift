// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPSandbox

/// The report on this machine, as a person reads it.
struct DoctorReport {
    let report: ProtectionReport

    /// Writes it to standard output.
    func write() {
        writeVerdict()
        writeLayers()
        writeChecks()
        writeList(
            "What the missing layers mean:",
            report.layers.filter { !$0.meaning.isEmpty && report.level != nil }.map {
                "\($0.name): \($0.meaning)"
            }
        )
        writeList("Weaker here than at level full:", report.reducedPromises + report.remarks)
        writeRemedies()
    }

    private func writeVerdict() {
        let level = report.level?.rawValue ?? "no level can be had"
        let required = report.required?.rawValue ?? "auto"
        let verdict = report.isSufficient ? "a server starts" : "a server would not start"
        let backend = report.backend.rawValue + (report.wall.map { " " + $0.version } ?? "")
        TextStream.output.writeLine(
            "Sandbox: \(level), backend \(backend) (required: \(required)); \(verdict)."
        )
        let failed = report.attempts.filter { $0.failure != nil }
        guard !failed.isEmpty else { return }
        TextStream.output.write("\n")
        var table = TextTable(["LEVEL", "WHY IT CAN'T BE HAD"])
        for attempt in failed { table.add([attempt.level.rawValue, attempt.failure ?? ""]) }
        table.write(to: .output)
    }

    private func writeLayers() {
        guard report.level != nil else { return }
        TextStream.output.write("\n")
        var table = TextTable(["LAYER", "STATUS", "DETAIL"])
        for layer in report.layers { table.add([layer.name, layer.status, layer.detail]) }
        table.write(to: .output) { column, text in column == 1 ? Self.colour(of: text) : nil }
    }

    private func writeChecks() {
        TextStream.output.write("\n")
        var table = TextTable(["MACHINE", "STATUS", "DETAIL"])
        for check in report.checks { table.add([check.name, check.status.rawValue, check.detail]) }
        table.write(to: .output) { column, text in column == 1 ? Self.colour(of: text) : nil }
    }

    private func writeRemedies() {
        let remedies = report.remedies
        guard !remedies.isEmpty else { return }
        TextStream.output.writeLine("\nWhat would improve it:")
        for remedy in remedies {
            let names = remedy.improves.joined(separator: ", ")
            guard let command = remedy.advice.command else {
                writeItem("\(names): \(remedy.advice.text).")
                continue
            }
            writeItem("\(names): \(remedy.advice.reason):")
            // Whole and unbroken, so that it can be copied.
            TextStream.output.writeLine("      " + TerminalText.word(command))
        }
    }

    private func writeList(_ title: String, _ lines: [String]) {
        guard !lines.isEmpty else { return }
        TextStream.output.writeLine("\n\(title)")
        for line in lines { writeItem(line) }
    }

    private func writeItem(_ line: String) {
        let width = TextStream.output.width ?? .max
        let parts = TextTable.wrapped(TerminalText.word(line), to: max(20, width - 4))
        for (number, part) in parts.enumerated() {
            TextStream.output.writeLine((number == 0 ? "  - " : "    ") + part)
        }
    }

    private static func colour(of status: String) -> ColouredText.Colour? {
        switch status {
        case "enforced", "good": .green
        case "partial", "warning": .yellow
        case "unavailable": .red
        default: nil
        }
    }
}
