// SPDX-License-Identifier: Apache-2.0
// What never changes while a run goes on.

import Calendar
import Values

/// The unchanging part of a run, behind one reference so that a copy of the run is cheap.
package final class RunFacts: Sendable {
  let runID: RunID
  let project: ProjectID
  let constants: JSONObject
  package let connector: Connector
  let connectorVersion: Int
  let prelude: Step?
  package let startedAt: Moment
  let event: JSONValue
  let zone: Zone
  let zones: ZoneSource
  let digests: Digests
  let hops: Int
  let enteredAs: EnteredAs?
  let child: ChildScope?
  let connectorURLs: @Sendable () -> JSONValue

  init(
    runID: RunID, project: ProjectID, constants: JSONObject, connector: Connector,
    connectorVersion: Int, startedAt: Moment, event: JSONValue, zone: Zone, zones: ZoneSource,
    digests: Digests, hops: Int, enteredAs: EnteredAs?, child: ChildScope?,
    connectorURLs: @escaping @Sendable () -> JSONValue
  ) {
    self.runID = runID
    self.project = project
    self.constants = constants
    self.connector = connector
    self.connectorVersion = connectorVersion
    prelude = child == nil ? connector.prelude : nil
    self.startedAt = startedAt
    self.event = event
    self.zone = zone
    self.zones = zones
    self.digests = digests
    self.hops = hops
    self.enteredAs = enteredAs
    self.child = child
    self.connectorURLs = connectorURLs
  }

  /// The same run on another version of its connector.
  func on(_ connector: Connector, version: Int) -> RunFacts {
    RunFacts(
      runID: runID, project: project, constants: constants, connector: connector,
      connectorVersion: version, startedAt: startedAt, event: event, zone: zone, zones: zones,
      digests: digests, hops: hops, enteredAs: enteredAs, child: child, connectorURLs: connectorURLs
    )
  }

  /// When the event came in, which the run of an element has from its parent.
  var eventAt: Moment {
    child?.scope["event_at"]?.asInteger.map { Moment(milliseconds: $0) } ?? startedAt
  }

  func step(at index: Int) -> Step? {
    if index == Position.preludeStep { return prelude }
    return connector.steps.indices.contains(index) ? connector.steps[index] : nil
  }

  /// The loop a position of this step is in; none in the run of one element.
  func loop(of step: Step) -> ForEach? { child == nil ? step.forEach : nil }
}
