// SPDX-License-Identifier: Apache-2.0
// The run that makes a call, as far as the services need it.
import Pipeline
import Store
import Values

/// What a call's own run lends to the runs it starts and the exchanges it keeps.
package struct CallerFacts: Sendable {
  package let connector: ConnectorID
  package let component: ComponentID
  /// The event of the run, handed over by a start that names none.
  package let event: JSONValue
  package let contact: RecordID?
  /// How many runs led to it.
  package let hops: Int
  /// Whether nothing it asks for is to happen: requests are put together, and that is all.
  package let isTrial: Bool

  /// The connector whose runs are trials. It is its name that says so, so that a run which a starting
  /// host takes up again is one still.
  package static let trialConnector: ConnectorName = "jackfield_trial"

  package init(
    connector: ConnectorID, component: ComponentID, event: JSONValue, contact: RecordID? = nil,
    hops: Int = 0, isTrial: Bool = false
  ) {
    self.isTrial = isTrial
    self.connector = connector
    self.component = component
    self.event = event
    self.contact = contact
    self.hops = hops
  }
}
