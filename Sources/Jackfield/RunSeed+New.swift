// SPDX-License-Identifier: Apache-2.0
// A run as it is the moment its event is on disk.
import Calendar
import Engine
import HostServices
import Pipeline
import Store
import Values

extension RunSeed {
  /// A run that stands before its first component.
  ///
  /// - Parameters:
  ///   - row: the connector's row; its version is the run's for good.
  ///   - setup: the project's; its constants and its zone are the run's.
  ///   - startedMS: milliseconds since 1970.
  ///   - digests: the hashes of its formatters.
  static func new(
    _ id: RunID, _ row: ConnectorRow, _ connector: Connector, setup: ProjectSetup?, zones: ZoneSource,
    digests: Digests, event: JSONValue, startedMS: Int64
  ) -> RunSeed {
    RunSeed(
      progress: RunProgress(
        runID: id, project: row.project, constants: setup?.constants.asObject ?? [:],
        connector: connector,
        connectorVersion: Int(row.version), startedAt: Moment(milliseconds: startedMS),
        event: event, zone: setup?.zone ?? .utc, zones: zones, digests: digests),
      project: row.project, connector: row.id, journalled: 0, isRecovered: false)
  }
}
