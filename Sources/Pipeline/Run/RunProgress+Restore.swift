// SPDX-License-Identifier: Apache-2.0
// A run rebuilt from its journal after a restart.

import Values

extension RunProgress {
  /// Applies the stored entries of a run in order. What follows is what would have followed
  /// without the restart.
  ///
  /// - Parameter setsContact: the member of an action's result that holds the contact
  /// **Throws** `journal_mismatch` when an entry is not of this version of the connector.
  package mutating func restore(
    journal: [JournalEntry], setsContact: (ActionID) -> String? = { _ in nil }
  ) throws(PipelineError) {
    // What came before a change of version is of another connector; that entry holds its outcome.
    let first = journal.lastIndex { $0.changesVersion } ?? 0
    if first > 0 { retries = journal[..<first].count { $0.kind == .retry } }
    for entry in journal[first...] {
      settle()
      guard fits(entry) else { throw mismatch(entry) }
      record(entry, setsContact: entry.action.flatMap(setsContact))
    }
    // They were counted with the recordings of these entries.
    tallies = []
  }

  /// Whether an entry is of where the run stands.
  private func fits(_ entry: JournalEntry) -> Bool {
    if entry.kind == .retry || entry.kind == .cancel { return true }
    guard end == nil, let step = facts.step(at: position.step), step.id == entry.step else {
      return false
    }
    switch entry.kind {
    case .loop, .children: return facts.loop(of: step) != nil
    case .action, .attempt, .news:
      guard entry.element == position.element, entry.path == chain?.path ?? [] else { return false }
      return entry.component == chain?.actions.last ?? component(at: position)?.id
    default:
      return entry.element == position.element && component(at: position)?.id == entry.component
    }
  }

  private func mismatch(_ entry: JournalEntry) -> PipelineError {
    PipelineError(
      code: "journal_mismatch",
      message: "run \(runID) of \(connector.name) version \(connectorVersion): the journal "
        + "names \"\(entry.component)\" where the run stands at "
        + "\"\(component(at: position)?.id.rawValue ?? "its end")\"")
  }
}
