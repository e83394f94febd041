// SPDX-License-Identifier: Apache-2.0
// project create | list | apply | show | export
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
        for name in names { context.console.line(name) }
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
    Command("project show", "Shows the project's document.") { context in
      let document = try context.theHost.projectSource(context.project())
      context.console.line(context.wantsJSON ? document.json : document.prettyJSON)
      return .succeeded
    },
  ]
}
