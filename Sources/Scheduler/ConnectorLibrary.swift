// SPDX-License-Identifier: Apache-2.0
// Connector versions, parsed once.
import Pipeline
import Store
import Synchronization

/// Parsed connector versions, kept for the runs that use them. A version never changes, so
/// nothing here is ever wrong; only room limits it.
///
/// **Isolation**: any thread.
package final class ConnectorLibrary: Sendable {
  private struct Key: Hashable {
    let connector: ConnectorID
    let version: Int64
  }

  /// Versions kept; above it the whole shelf is cleared, which costs a parse each.
  private static let limit = 1_024

  private let shelf = Mutex<[Key: Connector]>([:])

  package init() {}

  /// Puts a version on the shelf, where it was just parsed anyway.
  package func put(_ connector: Connector, as id: ConnectorID, version: Int64) {
    shelf.withLock { shelf in
      if shelf.count >= Self.limit { shelf.removeAll() }
      shelf[Key(connector: id, version: version)] = connector
    }
  }

  /// A version, from the shelf or from the store.
  ///
  /// - Throws: `StoreError` when the store does not have it or it does not parse any more.
  package func connector(
    _ id: ConnectorID, version: Int64, in transaction: some StoreReading
  ) throws(StoreError) -> Connector {
    let key = Key(connector: id, version: version)
    if let known = shelf.withLock({ $0[key] }) { return known }
    guard let row = try transaction.connectorVersionGet(id, version: version) else {
      throw StoreError(.damaged, "version \(version) of connector \(id) is not in the store")
    }
    guard let document = try? JSONDocument(source: Array(row.document.utf8)),
      let connector = Connector.parse(document, isStored: true).connector
    else {
      throw StoreError(.damaged, "version \(version) of connector \(id) does not parse")
    }
    put(connector, as: id, version: version)
    return connector
  }
}
