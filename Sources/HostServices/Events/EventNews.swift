// SPDX-License-Identifier: Apache-2.0
// What became of something that a call sent, told later.
import Pipeline
import Store
import Values

/// News of an attempt, by its idempotency key: settles it where its outcome is unknown, and lets the
/// run go on that waits for them.
package struct EventNews: Sendable, Hashable {
  package let project: ProjectID
  /// The key as it came back from the provider: anybody may have written it.
  package let key: String
  /// Whether what was sent arrived; false: it did not.
  package let hasSucceeded: Bool
  /// **Shape** `{state, target?, class?, code?, message?, result?}`, kept with the attempt it settles.
  package let news: JSONValue
  /// For the deferred value.
  package let slot: Int

  package init(
    project: ProjectID, key: String, hasSucceeded: Bool, news: JSONValue, slot: Int
  ) {
    self.project = project
    self.key = key
    self.hasSucceeded = hasSucceeded
    self.news = news
    self.slot = slot
  }

  /// What became of news.
  package enum Verdict: Sendable, Hashable {
    /// An attempt whose outcome was unknown is settled.
    case settled(RunID)
    /// A run that waited for them goes on.
    case woken(RunID)
    /// They are kept for a run that may wait for them, or are of nobody here.
    case nothing
  }

  /// Settles the attempt of the key, or lets the run go on that waits for them, where it is one of
  /// this project.
  package func apply(
    _ transaction: WriteTransaction, nowMS: Int64
  ) throws(StoreError) -> Verdict {
    guard let run = EventNews.run(of: key), let row = try transaction.runGet(run),
      row.project == project
    else { return .nothing }
    if row.mark == "unknown", try settle(run, transaction, nowMS) { return .settled(run) }
    guard row.finishedAt == nil else { return .nothing }
    let target = news["target"]?.asText ?? ""
    let isKept = try transaction.newsPut(
      run, key: key, target: target, news: news.json, nowMS: nowMS)
    guard isKept, try transaction.newsWake(run, nowMS: nowMS) else { return .nothing }
    return .woken(run)
  }

  /// A run is settled with its last open attempt: as sent when all were, else as not sent.
  ///
  /// **Shape** false where it has none of this key
  private func settle(
    _ run: RunID, _ transaction: WriteTransaction, _ nowMS: Int64
  ) throws(StoreError) -> Bool {
    var open = 0
    var wasAllSent = hasSucceeded
    var own: Int64?
    for (sequence, text) in try transaction.journalUnknown(run) {
      guard let entry = try? JSONValue(parsing: text), entry["status"] == "unknown",
        let attempt = entry["key"]?.asText
      else { continue }
      if let settled = entry["settled"] {
        wasAllSent = wasAllSent && settled["state"] == "succeeded"
      } else if attempt == key {
        own = sequence
      } else {
        open += 1
      }
    }
    guard let own else { return false }
    let isKept = try transaction.journalSettle(run, sequence: own, news: news.json)
    // In a segment there is no room to say which of several it was.
    guard isKept || open == 0 else { return false }
    if open == 0 { _ = try transaction.runResolve(run, sent: wasAllSent, nowMS: nowMS) }
    return true
  }

  /// The run of a key: `installation-run-place`.
  private static func run(of key: String) -> RunID? {
    let parts = key.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let number = Int64(parts[1]), number > 0 else { return nil }
    return RunID(number)
  }

  /// The deferred value.
  package func value(_ verdict: Verdict) -> JSONValue {
    switch verdict {
    case .settled(let run), .woken(let run):
      ["settled": true, "run": .text(run.description)]
    case .nothing: ["settled": false, "run": .null]
    }
  }
}
