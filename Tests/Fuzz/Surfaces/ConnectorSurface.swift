// SPDX-License-Identifier: Apache-2.0
// A connector's document: reading, checking, formatting, and running what was accepted.
import Calendar
import Pipeline
import Values

extension Surface {
  static let connector = Surface(
    name: "connector",
    summary: "a connector is checked twice alike; accepted, it means the same formatted, and runs",
    mostBytes: 8_192,
    words: Array(ConnectorWords.all),
    examine: { (input) throws(BrokenProperty) in
      guard let document = try document(input) else { return }
      let (connector, findings) = Connector.check(document, in: FuzzWorld.context)
      try examine(findings, of: document)
      let again = Connector.check(document, in: FuzzWorld.context)
      try require(again.findings == findings, "a document is checked twice alike")
      try require((connector == nil) == findings.hasErrors, "errors refuse, warnings do not")
      let formatted = Connector.format(document)
      let written = try expect("what was formatted is JSON") {
        try JSONDocument(source: Array(formatted.utf8))
      }
      try require(Connector.format(written) == formatted, "formatting twice changes nothing")
      guard let connector else { return }
      // Ids that were left out are written now, so steps are the same but for those.
      if let ids = Connector.check(written, in: FuzzWorld.context).connector {
        try requireSame(ids, JSONDocument(value: written.root), "formatted and compact")
        let kinds = connector.steps.map { $0.components.map(\.kind) }
        let written = ids.steps.map { $0.components.map(\.kind) }
        try require(written == kinds, "formatted, the same steps")
      } else {
        throw BrokenProperty("does not hold: what is accepted is accepted formatted")
      }
      try requireSame(connector, JSONDocument(value: document.root), "compact")
      try run(connector)
    })

  private static func requireSame(
    _ connector: Connector, _ document: JSONDocument, _ how: String
  ) throws(BrokenProperty) {
    guard let other = Connector.check(document, in: FuzzWorld.context).connector else {
      throw BrokenProperty("does not hold: what is accepted is accepted \(how)")
    }
    let isSame =
      other.steps == connector.steps && other.trigger.kind == connector.trigger.kind
      && other.options == connector.options && other.respond == connector.respond
    try require(isSame, "a connector means the same \(how)")
  }

  /// From its first component to its end, with answers of the examples.
  private static func run(_ connector: Connector) throws(BrokenProperty) {
    let run = RunProgress(
      runID: RunID(7), project: "acme", constants: ["brand": "Acme"], connector: connector,
      connectorVersion: 1, startedAt: Moment(milliseconds: 1_795_341_600_000),
      event: FuzzWorld.roots["event"] ?? [:], contact: FuzzWorld.roots["contact"], child: nil,
      connectorURLs: { ["test": "https://hooks.example/t"] })
    let actions = FuzzWorld.context.actions
    var dry = DryRun(
      run, messages: [["text": "yes"]],
      policies: { PolicyInputs(manifest: actions[$0], project: nil) })
    let report = dry.finish()
    for entry in report.journal {
      let bytes = entry.value.jsonBytes
      _ = try expect("a journal entry can be read") { try JSONValue(parsing: bytes) }
    }
  }
}

/// The keys and words of connectors.
private enum ConnectorWords {
  static let all: Set<String> = Set(
    Set(
      """
      format project name trigger webhook steps id components action use with save fallback filter
      all any left right op type number text date delay amount until basis for_each in goto stop
      continue retry shop.order shop.ask control.stop item count credential respond wait_for_message
      within schedule cron time_zone options connector record message status title enabled else
      format formatters contact attempts match do on_unknown case_sensitive delimiter shop_key
      """.split(whereSeparator: \.isWhitespace).map { "\"\($0)\": " })
      .union(["{{event.name}}", "{{event.list[0]}}", "| upper", "3 d", "*/5 * * * *"]))
}
