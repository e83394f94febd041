// SPDX-License-Identifier: Apache-2.0
// A run as it is the moment its event is on disk.
import Engine
import Pipeline
import Store
import Values

extension RunSeed {
  /// A run that stands before its first component.
  ///
  /// - Parameters:
  ///   - row: the connector's row; its version is the run's for good.
  ///   - startedMS: milliseconds since 1970.
  static func new(
    _ id: RunID, _ row: ConnectorRow, _ connector: Connector, constants: JSONObject,
    event: JSONValue, startedMS: Int64
  ) -> RunSeed {
    RunSeed(
      progress: RunProgress(
        runID: id, project: row.project, constants: constants, connector: connector,
        connectorVersion: Int(row.version), startedAt: Moment(milliseconds: startedMS).iso,
        event: event),
      project: row.project, journalled: 0, isRecovered: false)
  }
}
