// SPDX-License-Identifier: Apache-2.0
// project create | list | apply | show | export | pause | resume
import Calendar
import Jackfield
import Values

/// Commands about projects.
enum ProjectCommands {
  static let all = [
    Command("project create", "Makes an empty project.", operands: ["NAME"]) { context in
      let name = context.arguments.operands[0]
      try context.theHost.createProject(name)
      context.console.line("project \(name)")
      return .succeeded
    },
    Command("project list", "Lists the projects.") { context in
      let names = try context.theHost.projects()
      if context.wantsJSON {
        context.console.line(JSONValue.list(names.map { .text($0) }).json)
      } else {
        for name in names {
          let since = try context.theHost.pausedAt(name)
          context.console.line(since.map { "\(name.padded(to: 20))\(paused($0))" } ?? name)
        }
      }
      return .succeeded
    },
    Command(
      "project apply", "Creates and changes what a project document names; deletes nothing.",
      operands: ["FILE"], files: [0],
      options: [Option("dry-run", help: "only show what would change")]
    ) { context in
      let (path, bytes) = try context.file(0)
      let isDryRun = context.arguments.has("dry-run")
      let report = try context.theHost.applyProject(bytes, file: path, isDryRun: isDryRun)
      for finding in report.findings { context.console.writeError(finding + "\n") }
      guard !report.hasErrors else { return .wrong }
      if context.wantsJSON {
        let value: JSONValue = ["changes": .list(report.changes.map { .text($0) })]
        context.console.line(value.json)
        return .succeeded
      }
      for change in report.changes { context.console.line((isDryRun ? "would be: " : "") + change) }
      if report.changes.isEmpty { context.console.line("nothing to change") }
      return .succeeded
    },
    Command("project export", "Prints the project's document as it was applied.") { context in
      let text = try context.theHost.projectText(context.project())
      context.console.write(text.hasSuffix("\n") ? text : text + "\n")
      return .succeeded
    },
    Command("project show", "Shows the project's document, and whether it is paused.") { context in
      let project = try context.project()
      var document = try context.theHost.projectSource(project)
      if let since = try context.theHost.pausedAt(project) {
        if context.wantsJSON, var object = document.asObject {
          object["paused_since"] = .text(Moment(milliseconds: since).iso)
          document = .object(object)
        } else {
          context.console.writeError("\(paused(since)): jackfield project resume \(project)\n")
        }
      }
      context.console.line(context.wantsJSON ? document.json : document.prettyJSON)
      return .succeeded
    },
    Command(
      "project pause",
      "Holds the runs of a project where they are; events are still accepted and stored.",
      operands: ["NAME?"]
    ) { context in
      let name = try named(context)
      let isNew = try context.theHost.pauseProject(name)
      return said(
        context, name, isPaused: true,
        isNew
          ? "project \(name) is paused: calls under way end, no run goes on; jackfield "
            + "project resume \(name) ends that"
          : "project \(name) was paused before")
    },
    Command(
      "project resume", "Lets the runs of a paused project go on.", operands: ["NAME?"]
    ) { context in
      let name = try named(context)
      let wasPaused = try context.theHost.resumeProject(name)
      return said(
        context, name, isPaused: false,
        wasPaused ? "project \(name) goes on" : "project \(name) was not paused")
    },
  ]

  private static func named(_ context: CommandContext) throws -> String {
    try context.arguments.operands.first ?? context.project()
  }

  private static func paused(_ since: Int64) -> String {
    "paused since \(Moment(milliseconds: since).iso)"
  }

  private static func said(
    _ context: CommandContext, _ name: String, isPaused: Bool, _ text: String
  ) -> ExitCode {
    let value: JSONValue = ["project": .text(name), "paused": .boolean(isPaused)]
    context.console.line(context.wantsJSON ? value.json : text)
    return .succeeded
  }
}
