// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct LayeringTests {
    @Test func `every target has a row in the table of imports`() throws {
        let targets = Set(try SourceTree.targets())
        #expect(!targets.isEmpty)
        #expect(targets.subtracting(ImportTable.allowed.keys).isEmpty, "targets without a row")
    }

    @Test func `every file imports only what its target may`() throws {
        let files = try SourceTree.swiftSources()
        #expect(!files.isEmpty)
        for file in files {
            let allowed = ImportTable.allowed[file.target, default: []]
            let refused = SwiftText(file.text).imports.filter { !allowed.contains($0) }
            #expect(refused.isEmpty, "\(file.path) may not import \(refused.joined(separator: ", "))")
        }
    }

    @Test(arguments: ImportTable.narrower.keys.sorted())
    func `a folder that must stay pure imports nothing that can do input or output`(folder: String) throws {
        let allowed = ImportTable.narrower[folder, default: []]
        for file in try SourceTree.swiftSources() where file.pathBelow.hasPrefix(folder + "/") {
            let refused = SwiftText(file.text).imports.filter { !allowed.contains($0) }
            #expect(refused.isEmpty, "\(file.path) may not import \(refused.joined(separator: ", "))")
        }
    }

    @Test func `rules name no manager and managers do not name each other`() throws {
        let files = try SourceTree.swiftSources().filter { $0.target == "ContainerMCPCore" }
        // What managers share lies in a folder beside theirs, which has no manager in it.
        let managers = Set(files.filter { $0.path.hasSuffix("Manager.swift") }.compactMap(Self.managerFolder))
        var owners: [String: String] = [:]
        for file in files {
            guard let owner = Self.managerFolder(of: file), managers.contains(owner) else { continue }
            for type in SwiftText(file.text).topLevelTypes {
                owners[type] = owner
            }
        }
        for file in files {
            let folder = Self.managerFolder(of: file)
            let isRule = file.pathBelow.hasPrefix("ContainerMCPCore/Policy/")
            guard folder != nil || isRule else { continue }
            let foreign = Set(SwiftText(file.text).words.map(String.init)).filter { word in
                owners[word].map { $0 != folder } ?? false
            }
            // An action is what a manager is asked to do: rules decide about it, so they may name it.
            let refused = isRule ? foreign.filter { $0.hasSuffix("Manager") } : foreign
            #expect(refused.isEmpty, "\(file.path) names \(refused.sorted().joined(separator: ", "))")
        }
    }

    @Test func `only the light part of Foundation is imported`() throws {
        for file in try SourceTree.swiftSources() {
            let heavy = SwiftText(file.text).imports.filter {
                $0.hasPrefix("Foundation") && $0 != "FoundationEssentials"
            }
            #expect(heavy.isEmpty, "\(file.path) imports \(heavy.joined(separator: ", "))")
        }
    }

    @Test(arguments: ["Sources", "Tests"])
    func `every file begins with the licence`(folder: String) throws {
        for file in try SourceTree.files(below: folder, endings: [".swift", ".c", ".h"]) {
            let hasLicence = file.text.hasPrefix("// SPDX-License-Identifier: Apache-2.0\n")
            #expect(hasLicence, "\(file.path)")
        }
    }

    @Test(arguments: ["try!", "as!", "fatalError("])
    func `no source file stops the server on purpose`(spelling: String) throws {
        for file in try SourceTree.swiftSources() {
            let isPresent = SwiftText(file.text).code.contains(spelling)
            #expect(!isPresent, "\(file.path) has \(spelling)")
        }
    }

    @Test(arguments: ["TODO", "FIXME", "XXX:", "HACK", "//====", "// ====", "//----", "// ----"])
    func `no source file holds a phrase that belongs elsewhere`(phrase: String) throws {
        for file in try SourceTree.files(below: "Sources", endings: [".swift", ".c", ".h"]) {
            let isPresent = file.text.contains(phrase)
            #expect(!isPresent, "\(file.path) has \(phrase)")
        }
    }

    @Test(arguments: ["Utils", "Utilities", "Helpers", "Common", "Misc"])
    func `folders are named for things of the domain`(name: String) throws {
        for file in try SourceTree.swiftSources() {
            #expect(!file.path.split(separator: "/").dropLast().contains(name[...]), "\(file.path)")
        }
    }

    /// The folder below `Managers` that holds a file.
    private static func managerFolder(of file: SourceTree.File) -> String? {
        let parts = file.pathBelow.split(separator: "/")
        guard parts.count > 3, parts[1] == "Managers" else { return nil }
        return String(parts[2])
    }
}
