// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Testing

@Suite struct ProtocolRevisionTests {
    @Test func `five revisions are served, one of them modern`() {
        #expect(
            ProtocolRevision.newestFirst.map(\.rawValue)
                == ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
        )
        #expect(ProtocolRevision.allCases.filter { $0.era == .modern } == [.v20260728])
        #expect(ProtocolRevision.v20241105 < .v20250326)
    }

    @Test(arguments: [
        ("2024-11-05", ProtocolRevision.v20241105), ("2025-03-26", .v20250326), ("2025-06-18", .v20250618),
        ("2025-11-25", .v20251125), ("2026-07-28", .v20251125), ("2099-01-01", .v20251125), ("", .v20251125),
    ])
    func `initialize is answered with a legacy revision`(requested: String, expected: ProtocolRevision) {
        #expect(ProtocolRevision.negotiated(requested: requested) == expected)
    }

    @Test(arguments: [
        (RevisionFeatures.audioContent, "01111"), (.resourceLinks, "00111"), (.toolAnnotations, "01111"),
        (.titles, "00111"), (.structuredContent, "00111"), (.anyStructuredContent, "00001"),
        (.icons, "00011"),
        (.lastModified, "00111"), (.progressMessage, "01111"), (.completionsCapability, "01111"),
        (.extensions, "00001"), (.resultEnvelope, "00001"), (.batches, "01000"),
        (.booleanPropertySchemas, "00001"),
        (.errorsWithoutID, "00011"),
        (.elicitation, "00111"), (.elicitationModes, "00011"), (.elicitationIDs, "00010"),
        (.inputRequired, "00001"), (.completionContext, "00111"), (.coreTasks, "00010"),
        (.taskExtension, "00001"),
    ])
    func `each revision has its features`(feature: RevisionFeatures, expected: String) {
        let found = ProtocolRevision.allCases.map { $0.has(feature) ? "1" : "0" }.joined()
        #expect(found == expected)
    }

    @Test(arguments: [
        ("2025-06-18", ProtocolEra.legacy), ("2026-07-28", .modern), ("2099-01-01", .modern), ("", .modern),
    ])
    func `a claim decides the era on a channel`(claim: String, era: ProtocolEra) {
        let params: JSONObject = ["_meta": ["io.modelcontextprotocol/protocolVersion": .string(claim)]]
        #expect(VersionClaim(params).eraOnChannel == era)
    }

    @Test func `a claim of another type is modern, none is legacy`() {
        #expect(
            VersionClaim(["_meta": ["io.modelcontextprotocol/protocolVersion": 5]]).eraOnChannel == .modern
        )
        #expect(
            VersionClaim(["_meta": ["io.modelcontextprotocol/protocolVersion": .null]]).eraOnChannel
                == .modern
        )
        #expect(VersionClaim(["_meta": "x"]).eraOnChannel == .legacy)
        #expect(VersionClaim(["_meta": [:]]).eraOnChannel == .legacy)
        #expect(VersionClaim(nil).eraOnChannel == .legacy)
    }
}
