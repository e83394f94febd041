// SPDX-License-Identifier: Apache-2.0
// A connector as it is stored.

import Pipeline

/// A connector's head: its current version, its URL, whether it takes events.
package struct ConnectorRow: Sendable, Hashable {
  package let id: ConnectorID
  package let project: ProjectID
  package let name: ConnectorName
  package let version: Int64
  /// The unguessable end of its URL; empty for a draft.
  package let token: String
  package let isEnabled: Bool
  /// **Unit** milliseconds since 1970
  package let updatedAt: Int64
  /// When it was deleted: it takes no events and is not listed, its runs are still shown.
  package let deletedAt: Int64?
  /// Whether the put that answered this made a new version.
  package internal(set) var isNew = false

  static let columns = """
    SELECT id, project, name, version, token, enabled, updated_at, deleted_at
    FROM connector
    """

  init(_ row: Statement) {
    id = ConnectorID(row.integer(0))
    project = ProjectID(rawValue: row.text(1))
    name = ConnectorName(rawValue: row.text(2))
    version = row.integer(3)
    token = row.text(4)
    isEnabled = row.boolean(5)
    updatedAt = row.integer(6)
    deletedAt = row.integerOrNil(7)
  }
}

/// One immutable version of a connector.
package struct ConnectorVersion: Sendable, Hashable {
  package let connector: ConnectorID
  package let version: Int64
  package let hash: String
  /// **Shape** the connector's JSON text
  package let document: String
}

/// One version in a list: without its document.
package struct ConnectorVersionRow: Sendable, Hashable {
  package let version: Int64
  package let hash: String
  /// **Unit** milliseconds since 1970
  package let createdAt: Int64
}

/// What a URL's token leads to.
package enum ConnectorLookup: Sendable, Hashable {
  case found(ConnectorRow)
  /// The URL was replaced by another, or its connector deleted: 410.
  case retired
  case unknown
}
