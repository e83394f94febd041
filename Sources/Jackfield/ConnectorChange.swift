// SPDX-License-Identifier: Apache-2.0
// What becoming a connector's current version changes beside the document.
import Calendar
import Pipeline
import Store

/// The step from one version of a connector to another, as far as the store must know of it.
struct ConnectorChange: Sendable {
  private let id: ConnectorID
  /// Whether what the schedule owes was another schedule's.
  private let movesSchedule: Bool
  /// What the document says now and did not say before; nil leaves it to whoever switched it.
  private let isEnabled: Bool?

  /// - Parameter old: the version that was current; nil where there was none that can be read.
  init(of id: ConnectorID, from old: Connector?, to new: Connector) {
    self.id = id
    movesSchedule = old.flatMap(ScheduleTiming.init) != ScheduleTiming(new)
    isEnabled = (old?.isEnabled ?? true) == new.isEnabled ? nil : new.isEnabled
  }

  /// In the transaction that makes the version current.
  func write(_ transaction: WriteTransaction, nowMS: Int64) throws(StoreError) {
    if let isEnabled { try transaction.connectorEnable(id, isEnabled, nowMS: nowMS) }
    if movesSchedule || isEnabled != nil { try transaction.scheduleRemove(id) }
  }
}

/// When a connector's schedule comes. Two versions with the same one owe the same times, so that a
/// corrected title loses none that is just due.
struct ScheduleTiming: Sendable, Hashable {
  private let cron: Cron
  private let zone: String?

  /// Nil for a connector that no schedule starts.
  init?(_ connector: Connector) {
    guard case .schedule(let trigger) = connector.trigger else { return nil }
    cron = trigger.cron
    zone = trigger.timeZone ?? connector.timeZone
  }
}
