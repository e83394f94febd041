// SPDX-License-Identifier: Apache-2.0
// A run as it is the moment its event is on disk.
import Calendar
import Engine
import HostServices
import Pipeline
import Scheduler
import Store
import Values

extension RunSeed {
  /// A run that stands before its first component.
  ///
  /// - Parameters:
  ///   - row: the connector's row; its version is the run's for good.
  ///   - new: what was stored of the event.
  ///   - startedMS: milliseconds since 1970.
  static func new(
    _ id: RunID, _ row: ConnectorRow, _ connector: Connector, _ new: NewEvent, event: JSONValue,
    scheduler: Scheduler, startedMS: Int64
  ) -> RunSeed {
    let setup = scheduler.setups[row.project]
    let urls = setup?.connectorURLs ?? [:]
    return RunSeed(
      progress: RunProgress(
        runID: id, project: row.project, constants: setup?.constants.asObject ?? [:],
        connector: connector, connectorVersion: Int(row.version),
        startedAt: Moment(milliseconds: startedMS), event: event, zone: setup?.zone ?? .utc,
        zones: scheduler.zones, digests: scheduler.digests, hops: new.hops,
        connectorURLs: { urls }),
      project: row.project, connector: row.id, journalled: 0, isRecovered: false,
      fifoKey: new.fifoKey)
  }
}

extension NewEvent {
  /// An event for a connector's newest version.
  init(
    _ row: ConnectorRow, _ connector: Connector, event: JSONValue, dedupe: Dedupe? = nil,
    zone: Zone, zones: ZoneSource, digests: Digests
  ) {
    let context = FormatterContext(
      zone: connector.zone(in: zones) ?? zone, zones: zones, digests: digests)
    self.init(
      project: row.project, connector: row.id, version: row.version, body: event.json,
      dedupe: dedupe, fifoKey: connector.fifoKey(of: event, context: context))
  }
}
