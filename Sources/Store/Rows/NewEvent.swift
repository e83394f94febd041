// SPDX-License-Identifier: Apache-2.0
// An event on its way in.

import Pipeline

/// What accepting an event stores.
package struct NewEvent: Sendable {
  /// How an event is told from its repetition.
  package struct Dedupe: Sendable, Hashable {
    /// A hash, so that its size is bounded and no content is a key.
    package var key: [UInt8]
    /// **Unit** seconds
    package var withinSeconds: Int64

    package init(key: [UInt8], withinSeconds: Int64) {
      self.key = key
      self.withinSeconds = withinSeconds
    }
  }

  package var project: ProjectID
  package var connector: ConnectorID
  package var version: Int64
  /// **Shape** JSON text of `event`
  package var body: String
  package var dedupe: Dedupe?
  /// **Shape** JSON text handed to the contact's mapping, where there is one
  package var contactSeed: String?
  /// How many times it was routed on before.
  package var hops: Int
  /// The run that starts this one.
  package var origin: RunID?
  /// The key the run is entered under, where it is.
  package var enrolment: EnrolmentKey?
  /// Runs with the same key pass one after the other.
  package var fifoKey: String?
  /// The contact's record, where it is known before the run begins.
  package var contact: RecordID?

  package init(
    project: ProjectID, connector: ConnectorID, version: Int64, body: String,
    dedupe: Dedupe? = nil, contactSeed: String? = nil, hops: Int = 0, origin: RunID? = nil,
    enrolment: EnrolmentKey? = nil, fifoKey: String? = nil, contact: RecordID? = nil
  ) {
    self.project = project
    self.connector = connector
    self.version = version
    self.body = body
    self.dedupe = dedupe
    self.contactSeed = contactSeed
    self.hops = hops
    self.origin = origin
    self.enrolment = enrolment
    self.fifoKey = fifoKey
    self.contact = contact
  }
}

/// What became of an event.
package enum EventVerdict: Sendable, Hashable {
  case accepted(RunID)
  /// It was accepted before, as this run.
  case duplicate(RunID)

  package var run: RunID {
    switch self {
    case .accepted(let run), .duplicate(let run): run
    }
  }
}
