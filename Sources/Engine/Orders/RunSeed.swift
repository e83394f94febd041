// SPDX-License-Identifier: Apache-2.0
// A run as it is handed to the engine.
import Pipeline
import Values

/// A run as the driver hands it over: new from an accepted event, or read back from disk.
package struct RunSeed: Sendable {
  /// The run as far as it has got; a new one stands before its first component.
  package var progress: RunProgress
  package var project: ProjectID
  package var connector: ConnectorID
  /// How many journal entries are already stored.
  package var journalled: Int
  /// Whether an earlier incarnation may have begun the component the run stands at, so that the
  /// egress ledger must be asked before anything is sent.
  package var isRecovered: Bool
  /// Runs of the connector with the same key run one after the other (`options.fifo`).
  package var fifoKey: String?
  /// What ended its wait; nil for a run that does not wait.
  package var wake: Wake?

  package init(
    progress: RunProgress, project: ProjectID, connector: ConnectorID, journalled: Int,
    isRecovered: Bool, fifoKey: String? = nil, wake: Wake? = nil
  ) {
    self.progress = progress
    self.project = project
    self.connector = connector
    self.journalled = journalled
    self.isRecovered = isRecovered
    self.fifoKey = fifoKey
    self.wake = wake
  }
}
