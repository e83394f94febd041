// SPDX-License-Identifier: Apache-2.0
// How long runs that have ended are kept.

import Pipeline

/// What is kept of ended runs; nil keeps everything.
package struct RetentionPolicy: Sendable, Hashable {
  /// What the document of a connector or a project asks for, within what the whole keeps.
  package struct Keep: Sendable, Hashable {
    /// **Unit** milliseconds since a run ended
    package var forMS: Int64?
    /// **Unit** bytes of events and journals of its ended runs
    package var bytes: Int64?

    package init(forMS: Int64? = nil, bytes: Int64? = nil) {
      self.forMS = forMS
      self.bytes = bytes
    }
  }

  /// **Unit** milliseconds since the last run of a segment ended
  package var forMS: Int64?
  /// **Unit** bytes of all segments together
  package var bytes: Int64?
  package var connectors: [ConnectorID: Keep]
  package var projects: [ProjectID: Keep]

  package init(
    forMS: Int64? = nil, bytes: Int64? = nil, connectors: [ConnectorID: Keep] = [:],
    projects: [ProjectID: Keep] = [:]
  ) {
    self.forMS = forMS
    self.bytes = bytes
    self.connectors = connectors
    self.projects = projects
  }

  /// What a host does that was told nothing: the disk is bounded, however long it runs.
  package static let standard = RetentionPolicy(bytes: StoreLimits.journalBytes)
}

/// What one pass removed.
package struct RetentionReport: Sendable, Hashable {
  package var runs = 0
  package var segments = 0
  /// **Unit** bytes of the files that were unlinked
  package var bytes: Int64 = 0

  package init() {}
}
