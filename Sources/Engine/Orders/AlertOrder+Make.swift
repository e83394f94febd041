// SPDX-License-Identifier: Apache-2.0
// Who is told of what went wrong.
import Pipeline

extension AlertOrder {
  /// How often a connector tells of its runs at most.
  ///
  /// **Source** spec/engine.md, Alerts: one mail an hour.
  package static let everyRun: Duration = .seconds(3_600)

  /// What the outcome of an action gives rise to, and the end of the run it leads to.
  static func orders(
    _ outcome: ActionOutcome, _ plan: CallPlan, _ end: RunEnd?, _ connector: Connector
  ) -> [AlertOrder] {
    var orders: [AlertOrder] = []
    var isUnknown = false
    if case .unknown = outcome { isUnknown = true }
    if let failure = outcome.failure, let alert = plan.alert {
      orders.append(
        AlertOrder(
          subject: isUnknown ? .actionUnknown(plan.component) : .actionFailed(plan.component),
          to: alert.to, channel: alert.channel, every: alert.every,
          message: "\(plan.component) (\(plan.action)): \(failure.message)"))
    }
    if isUnknown, let alert = connector.options.alert, alert.on.contains(.runUnknown) {
      let failure = outcome.failure?.message ?? ""
      orders.append(
        AlertOrder(
          subject: .runUnknown, to: alert.to, channel: alert.channel, every: everyRun,
          message: "the fate of \(plan.component) (\(plan.action)) is not known: \(failure)"))
    }
    return orders + (end.map { self.orders($0, connector) } ?? [])
  }

  /// What the end of a run gives rise to.
  static func orders(_ end: RunEnd, _ connector: Connector) -> [AlertOrder] {
    guard end.state == .failed, let alert = connector.options.alert,
      alert.on.contains(.runFailed)
    else { return [] }
    return [
      AlertOrder(
        subject: .runFailed, to: alert.to, channel: alert.channel, every: everyRun,
        message: end.reason)
    ]
  }

  /// Who is told when the response of an action has another shape than the learned one.
  static func shape(_ plan: CallPlan, _ connector: Connector) -> AlertOrder? {
    guard let alert = connector.options.alert, alert.on.contains(.schemaChanged) else { return nil }
    return AlertOrder(
      subject: .shapeChanged(plan.component), to: alert.to, channel: alert.channel,
      every: everyRun,
      message: "\(plan.component) (\(plan.action)): JSON Structure Change Detected; what still "
        + "fits was mapped, jackfield connector remap \(connector.name) takes the new structure")
  }
}
