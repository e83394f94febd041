// SPDX-License-Identifier: Apache-2.0
// connector check | apply | list | show
import Jackfield
import Values

/// Commands about connectors.
enum ConnectorCommands {
  static let all = [
    Command(
      "connector check", "Checks a connector document; changes nothing.", operands: ["FILE"],
      files: [0]
    ) { context in
      let (path, bytes) = try context.file(0)
      let report = try context.theHost.checkConnector(
        bytes, file: path, project: context.arguments["project"])
      return show(report, context) {
        context.console.line("\(path): no errors")
      }
    },
    Command(
      "connector apply", "Checks a document and makes it the connector's newest version.",
      operands: ["FILE"], files: [0]
    ) { context in
      let (path, bytes) = try context.file(0)
      let report = try context.theHost.applyConnector(
        bytes, file: path, project: context.arguments["project"])
      return show(report, context) {
        guard let stored = report.stored else { return }
        let what = report.isNew ? "applied" : "unchanged"
        context.console.line("\(stored.name) v\(stored.version) \(what)")
        context.console.line(entrance(stored))
      }
    },
    Command("connector list", "Lists the project's connectors.") { context in
      let list = try context.theHost.connectors(project: context.project())
      if context.wantsJSON {
        context.console.line(JSONValue.list(list.map(\.value)).json)
        return .succeeded
      }
      if list.isEmpty { context.console.line("no connectors: jackfield connector apply FILE") }
      for connector in list {
        context.console.line(
          connector.name.padded(to: 28) + "v\(connector.version)".padded(to: 6)
            + (connector.isEnabled ? "enabled" : "disabled").padded(to: 10)
            + (connector.url ?? connector.trigger))
      }
      return .succeeded
    },
    Command(
      "connector show", "Shows a connector: version, URL, document.", operands: ["NAME"],
      options: [Option("versions", help: "list its versions in place of the document")]
    ) { context in
      if context.arguments.has("versions") { return try showVersions(context) }
      let (summary, document) = try context.theHost.connector(
        context.arguments.operands[0], project: context.project())
      if context.wantsJSON {
        var value = summary.value.asObject ?? [:]
        value["document"] = (try? JSONValue(parsing: document)) ?? .null
        context.console.line(JSONValue.object(value).json)
        return .succeeded
      }
      let state = summary.isEnabled ? "enabled" : "disabled"
      context.console.line("\(summary.name) v\(summary.version), \(state)")
      context.console.line(entrance(summary) + "\n")
      context.console.write(document.hasSuffix("\n") ? document : document + "\n")
      return .succeeded
    },
  ]

  /// Its URL, or what starts it.
  static func entrance(_ connector: ConnectorSummary) -> String {
    connector.url.map { "url  \($0)" } ?? "started by  \(connector.trigger)"
  }

  private static func showVersions(_ context: CommandContext) throws -> ExitCode {
    let list = try context.theHost.connectorVersions(
      context.arguments.operands[0], project: context.project())
    if context.wantsJSON {
      context.console.line(JSONValue.list(list.map(\.value)).json)
      return .succeeded
    }
    for version in list {
      context.console.line(
        "v\(version.version)".padded(to: 6) + (version.value["created_at"]?.asText ?? "")
          + "  \(version.hash.prefix(12))" + (version.isCurrent ? "  current" : ""))
    }
    return .succeeded
  }

  /// Prints what checking found, and what `success` adds when nothing is wrong.
  static func show(
    _ report: ConnectorReport, _ context: CommandContext, success: () -> Void
  ) -> ExitCode {
    if context.wantsJSON {
      var value: JSONObject = ["findings": .list(report.findingValues)]
      if let stored = report.stored {
        value["connector"] = stored.value
        value["new"] = .boolean(report.isNew)
      }
      context.console.line(JSONValue.object(value).json)
      return report.hasErrors ? .wrong : .succeeded
    }
    for finding in report.findings { context.console.writeError(finding + "\n") }
    guard !report.hasErrors else { return .wrong }
    success()
    return .succeeded
  }
}
