// SPDX-License-Identifier: Apache-2.0
// How long ended runs are kept, as the documents say, and the thread that sees to it.
import Pipeline
import Store

/// Moves ended runs to the journal's segments and removes what nobody keeps.
///
/// Confined to the loop, but for `close`. Safe because `kept` is touched there only.
final class RunKeeping: @unchecked Sendable {
  /// What a project's document and those of its connectors ask for.
  struct Kept: Sendable {
    var project: RetentionPolicy.Keep?
    var connectors: [ConnectorID: RetentionPolicy.Keep] = [:]
  }

  let archive: Archive
  private let housekeeper: Housekeeper
  private let log: @Sendable (String) -> Void
  private var kept: [ProjectID: Kept] = [:]

  /// - Throws: `StoreError` when no thread is left.
  init(store: Store, log: @escaping @Sendable (String) -> Void) throws(StoreError) {
    archive = Archive(store)
    housekeeper = try Housekeeper(archive)
    self.log = log
  }

  func replace(_ kept: Kept, of project: ProjectID) { self.kept[project] = kept }

  /// One round, on the housekeeper's thread; what it removed is in the log.
  func tend(nowMS: Int64) {
    var policy = RetentionPolicy.standard
    for (project, kept) in kept {
      policy.projects[project] = kept.project
      policy.connectors.merge(kept.connectors) { _, new in new }
    }
    housekeeper.tend(policy, nowMS: nowMS) { [log] result in
      switch result {
      case .success(let round):
        guard let removed = round.removed, removed.runs > 0 else { return }
        log(
          "retention: \(removed.runs) ended runs removed, \(removed.segments) files of the journal "
            + "with \(removed.bytes) bytes")
      case .failure(let error): log("journal: ended runs stay where they are: \(error.message)")
      }
    }
  }

  /// **Isolation**: blocks until a step under way has ended; before the store is closed.
  func close() { housekeeper.close() }
}

extension RetentionPolicy.Keep {
  /// nil where a document asks for nothing.
  init?(_ keep: KeepRuns) {
    guard keep.for != nil || keep.bytes != nil else { return nil }
    let forMS = keep.for.map { $0.components.seconds * 1_000 }
    self.init(forMS: forMS, bytes: keep.bytes)
  }
}

extension Host {
  /// What a project and its connectors keep of their runs.
  func kept(of project: ProjectID) throws(HostError) -> RunKeeping.Kept {
    var kept = RunKeeping.Kept()
    kept.project = RetentionPolicy.Keep(try projectDocument(project).retention)
    let library = library
    kept.connectors = try reading { transaction throws(StoreError) in
      var found: [ConnectorID: RetentionPolicy.Keep] = [:]
      for row in try transaction.connectorList(project) {
        // One that no longer reads keeps what its project keeps.
        let connector = try? library.connector(row.id, version: row.version, in: transaction)
        found[row.id] = connector.flatMap { RetentionPolicy.Keep($0.options.keepRuns) }
      }
      return found
    }
    return kept
  }
}
