// SPDX-License-Identifier: Apache-2.0

extension ReadFile: PolicedAction {
    /// The tool that reads files.
    public var tool: ToolName { .fileRead }
    /// To read the file.
    public var demands: [Demand] { [.readFile(path)] }
}

extension WriteFile: PolicedAction {
    /// The tool that writes files.
    public var tool: ToolName { .fileWrite }
    /// To write the file.
    public var demands: [Demand] { [.writeFile(path)] }
}

extension ListFolder: PolicedAction {
    /// The tool that lists folders.
    public var tool: ToolName { .fileList }
    /// To list the folder.
    public var demands: [Demand] { [.listFolder(path)] }
}

extension DeleteFile: PolicedAction {
    /// The tool that deletes.
    public var tool: ToolName { .fileDelete }
    /// To delete the file or the empty folder.
    public var demands: [Demand] { [.deleteFile(path)] }
}

extension MoveFile: PolicedAction {
    /// The tool that moves.
    public var tool: ToolName { .fileMove }
    /// To take the source away, and to write the destination.
    public var demands: [Demand] { [.moveFrom(source), .moveTo(destination)] }
}
