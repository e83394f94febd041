// SPDX-License-Identifier: Apache-2.0
// media add | list | remove
import Jackfield
import Values

/// Commands about the project's gallery.
enum MediaCommands {
  static let all = [
    Command(
      "media add", "Puts a file, or a link with --url, into the project's gallery.",
      operands: ["FILE?"],
      options: [
        Option("url", "URL", help: "a link instead of a file; it is got when it is sent"),
        Option("name", "NAME", help: "how actions name it (the file's own name)"),
        Option("type", "TYPE", help: "its media type, as image/png (by the name's ending)"),
        Option("replace", help: "in the place of the entry of this name"),
      ]
    ) { context in try add(context) },
    Command("media list", "Lists the project's gallery.") { context in
      let entries = try context.theHost.media(project: context.project())
      if context.wantsJSON {
        context.console.line(JSONValue.list(entries.map(\.value)).json)
        return .succeeded
      }
      if entries.isEmpty { context.console.line("no media: jackfield media add FILE") }
      for entry in entries { context.console.line(line(entry)) }
      return .succeeded
    },
    Command("media remove", "Takes an entry out of the gallery.", operands: ["NAME"]) { context in
      let name = context.arguments.operands[0]
      try context.theHost.removeMedia(named: name, project: context.project())
      if context.wantsJSON {
        context.console.line(JSONValue.object(["removed": .text(name)]).json)
      } else {
        context.console.line("removed \(name)")
      }
      return .succeeded
    },
  ]

  private static func add(_ context: CommandContext) throws -> ExitCode {
    let (arguments, host) = (context.arguments, context.theHost)
    let (name, type, replaces) = (arguments["name"], arguments["type"], arguments.has("replace"))
    let entry: MediaEntry
    switch (arguments.operands.first, arguments["url"]) {
    case (let file?, nil):
      entry = try host.addMedia(
        file: context.console.path(file), name: name, type: type, replaces: replaces,
        project: context.project())
    case (nil, let url?):
      entry = try host.addMedia(
        url: url, name: name, type: type, replaces: replaces, project: context.project())
    default: throw UsageError("media add takes a FILE, or a link with --url")
    }
    context.console.line(context.wantsJSON ? entry.value.json : line(entry))
    return .succeeded
  }

  private static func line(_ entry: MediaEntry) -> String {
    let size = entry.bytes.map { "\($0) bytes" } ?? ""
    return entry.name.padded(to: 28) + entry.type.padded(to: 24) + (entry.url ?? size)
  }
}
