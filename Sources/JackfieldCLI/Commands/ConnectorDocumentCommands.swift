// SPDX-License-Identifier: Apache-2.0
// connector format | schema | attributes
import Glibc
import Jackfield
import Pipeline
import Values

/// Commands that help to write a connector's document.
enum ConnectorDocumentCommands {
  static let all = [
    Command(
      "connector format",
      "Prints a document with an id for every step and component; all else stays as written.",
      operands: ["FILE"], files: [0],
      options: [Option("write", help: "put it in the file instead of printing it")],
      need: .nothing
    ) { context in try format(context) },
    Command(
      "connector schema", "Prints a JSON Schema for editors.",
      operands: ["connector|project|plugin?"], need: .nothing
    ) { context in try schema(context) },
    Command(
      "connector attributes",
      "Lists what templates may read at a place of a connector, with examples.",
      operands: ["NAME|FILE"], files: [0],
      options: [
        Option("step", "ID", help: "before this step or component (after the last step)"),
        Option("event", "FILE", help: "an event whose members are listed (the last accepted one)"),
      ]
    ) { context in try attributes(context) },
  ]

  private static func format(_ context: CommandContext) throws -> ExitCode {
    let (path, bytes) = try context.file(0)
    let text = Connector.format(try Host.document(bytes, file: path))
    let isChanged = Array(text.utf8) != bytes
    if context.arguments.has("write") {
      guard path != "-" else { throw UsageError("standard input cannot be written to") }
      if isChanged { try OutputFile.replace(path, with: text) }
    }
    if context.wantsJSON {
      let value: JSONValue = ["changed": .boolean(isChanged), "text": .text(text)]
      context.console.line(value.json)
    } else if context.arguments.has("write") {
      context.console.line("\(path): \(isChanged ? "written" : "nothing to write")")
    } else {
      context.console.write(text)
    }
    return .succeeded
  }

  private static func schema(_ context: CommandContext) throws -> ExitCode {
    let names = ["connector", "project", "plugin"]
    let name = context.arguments.operands.first ?? "connector"
    guard names.contains(name) else {
      let near = Suggestion.text(for: name, among: names)
      throw UsageError("there is no schema of a \"\(name)\"\(near)")
    }
    context.console.write(
      String(decoding: try InputFile.read(try SchemaFiles.path(name), limit: 4 << 20), as: UTF8.self))
    return .succeeded
  }

  private static func attributes(_ context: CommandContext) throws -> ExitCode {
    let operand = context.arguments.operands[0]
    let place = context.arguments["step"]
    let sample = try sample(context)
    let paths: [ReadablePath]
    if let bytes = context.files[operand] {
      paths = try context.theHost.attributes(
        ofDocument: bytes, file: operand, project: context.arguments["project"], before: place,
        sample: sample)
    } else {
      paths = try context.theHost.attributes(
        of: operand, project: context.project(), before: place, sample: sample)
    }
    if context.wantsJSON {
      context.console.line(JSONValue.list(paths.map(\.value)).json)
      return .succeeded
    }
    for path in paths {
      let example = path.example.map { "  \($0.json.prefix(60))" } ?? ""
      context.console.line(
        "{{\(path.path)}}".padded(to: 44) + path.type.padded(to: 9) + path.origin + example)
    }
    return .succeeded
  }

  /// The event that was named, or the one a document names as its sample.
  private static func sample(_ context: CommandContext) throws -> JSONValue? {
    let operand = context.arguments.operands[0]
    guard
      let path = context.arguments["event"]
        ?? context.files[operand].flatMap({ SampleFile.path(of: $0, at: operand) }),
      let bytes = context.files[path]
    else { return nil }
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw CommandError("\(path): \(error)", .wrong)
    }
  }
}
