// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol
import ContainerMCPSandbox

extension ProtectionReport {
    /// The report for programs: `level` and `layers` first, each layer with `name`, `status`, `detail`, `advice`.
    ///
    /// What is only known to the operator is left out of a report for callers.
    public var json: JSONValue {
        var object: JSONObject = [
            "level": level.map { .string($0.rawValue) } ?? .null, "backend": .string(backend.rawValue),
        ]
        if let wall {
            object["wall"] = ["version": .string(wall.version), "status": .string(wall.status.word)]
        }
        if let required {
            object["required"] = .string(required.rawValue)
            object["sufficient"] = .bool(isSufficient)
            object["levels"] = .array(
                attempts.map { attempt in
                    [
                        "level": .string(attempt.level.rawValue),
                        "failure": attempt.failure.map { .string($0) } ?? .null,
                    ]
                }
            )
        }
        object["layers"] = .array(
            layers.map { layer in
                [
                    "name": .string(layer.name), "status": .string(layer.status),
                    "detail": .string(layer.detail),
                    "advice": .string(layer.advice?.text ?? ""),
                ]
            }
        )
        object["missing"] = .array(
            layers.filter { !$0.meaning.isEmpty }.map { layer in
                ["name": .string(layer.name), "meaning": .string(layer.meaning)]
            }
        )
        object["promises"] = .array(promises.map(Self.json))
        object["reduced_promises"] = .array((reducedPromises + remarks).map { .string($0) })
        object["landlock_abi"] = .integer(Int64(landlockABI))
        if let machine {
            object["checks"] = .array(checks.map(\.json))
            object["machine"] = Self.json(machine)
        }
        return .object(object)
    }

    private static func json(_ review: SandboxPromise.Review) -> JSONValue {
        [
            "id": .string(review.promise.rawValue), "promise": .string(review.promise.words),
            "state": .string(review.state.rawValue), "why": .string(review.reasons.joined(separator: "; ")),
        ]
    }

    private static func json(_ facts: MachineFacts) -> JSONValue {
        [
            "place": .string(facts.place.rawValue),
            "unit": facts.unit.map { .string($0) } ?? .null,
            "virtual_machine": facts.virtualMachine.map { .string($0) } ?? .null,
            "distribution": .string(facts.distribution.name),
            "kernel": .string(facts.kernelRelease),
            "architecture": .string(facts.architecture),
            "root": .bool(facts.isRoot),
        ]
    }
}

extension MachineCheck {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "status": .string(status.rawValue), "detail": .string(detail),
            "advice": .string(advice?.text ?? ""),
        ]
    }
}
