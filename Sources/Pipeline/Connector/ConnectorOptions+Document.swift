// SPDX-License-Identifier: Apache-2.0
// Reading a connector's options.

import Values

extension ConnectorOptions {
  static let documentKeys = ["concurrency", "fifo", "max_run_time", "alert", "keep_runs", "sample"]

  static func read(_ source: DocumentValue) -> ConnectorOptions {
    var options = ConnectorOptions()
    guard let object = source.object(keys: documentKeys) else { return options }
    options.concurrency = object["concurrency"]?.integer(in: 1...10_000).map { Int($0) }
    options.isFIFO = object["fifo"]?.choice(FIFOKey.self) != nil
    options.maxRunTime = object["max_run_time"]?.duration(atLeast: .seconds(1))
    options.alert = object["alert"].flatMap(ConnectorAlert.read)
    options.keepRuns = object["keep_runs"].map(KeepRuns.read) ?? KeepRuns()
    options.sample = object["sample"].flatMap(readSample)
    return options
  }

  /// What runs may be ordered by.
  private enum FIFOKey: String, CaseIterable { case contact }

  /// A file below the document's folder.
  private static func readSample(_ source: DocumentValue) -> String? {
    guard let text = source.text(atMost: 500) else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isBelow = parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    guard isBelow, !text.utf8.contains(0) else {
      source.error(
        "bad_file",
        "\"sample\" is \"\(text)\": name a file in the document's folder, as events/lead.json")
      return nil
    }
    return text
  }
}

extension ConnectorAlert {
  static func read(_ source: DocumentValue) -> ConnectorAlert? {
    guard let object = source.object(keys: ["to", "channel", "on", "waiting_after"]),
      let to = object.required("to").flatMap({ $0.addresses() })
    else { return nil }
    var alert = ConnectorAlert(to: to)
    alert.channel = object["channel"]?.name()
    if let on = object["on"] {
      alert.on = Set(on.elements(atMost: 10) { $0.choice(ConnectorAlertKind.self) } ?? [])
      if on.value.isEmpty { on.error("empty", "\"on\" is empty: name what the alert is about") }
    }
    if let after = object["waiting_after"] {
      alert.waitingAfter = after.duration(atLeast: .seconds(1)) ?? alert.waitingAfter
      if object["on"] == nil { alert.on.insert(.runWaiting) }
      if !alert.on.contains(.runWaiting) {
        after.warning(
          "no_effect", "\"waiting_after\" is about \"run_waiting\", which \"on\" does not name")
      }
    }
    return alert
  }
}
