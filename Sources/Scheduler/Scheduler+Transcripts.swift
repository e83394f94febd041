// SPDX-License-Identifier: Apache-2.0
// Which calls are written down so that they can run again, and how they ended.
import Engine
import HostServices
import Pipeline
import PluginHost
import Values

extension Scheduler {
  /// The transcript of an attempt that has ended. Its bytes are what the plugin got: the plan and
  /// the project are those of the call.
  func transcript(
    of attempt: OpenAttempt, _ end: CallEnd, _ order: RecordOrder
  ) -> CallTranscript? {
    let (call, number) = (attempt.order, attempt.order.attempt.value)
    guard let setup = services.setup(of: number) else { return nil }
    let plan = call.shared.plan
    let spent = Int64((end.ended - end.started) / 1_000_000)
    return services.transcript(
      of: number,
      CalledAction(
        action: plan.action, connector: call.context.connector, component: call.context.component,
        budgetMS: plan.policy.timeout.milliseconds,
        startedAt: clock() - Int64((loop.now - end.started) / 1_000_000), durationMS: spent,
        parameters: plan.parameters,
        context: (try? JSONValue(parsing: context(call, setup))) ?? [:]),
      ending: CallTranscript.Ending(end))
  }
}

extension CallEnd {
  /// Whether there is something to find out: it ran, and came to anything but success. What ends
  /// with the host, or runs again, is not recorded at all.
  var isWorthTranscript: Bool {
    switch outcome {
    case .returned(let status, _): status != 0 && status != NewsWait.status
    case .deadline, .crashed, .collateral: started != 0
    case .notStarted, .cancelled: false
    }
  }
}

extension CallTranscript.Ending {
  /// As the pool saw it, before anything was made of it.
  init(_ end: CallEnd) {
    switch end.outcome {
    case .returned(let status, let json):
      let value = (try? JSONValue(parsing: json)) ?? .null
      // A result that is none is the host's to judge; the plugin did return it.
      let object: JSONValue = value.asObject == nil ? ["not_an_object": value] : value
      let isResult = status == 0 || status == NewsWait.status
      self = .returned(isResult ? nil : ErrorClass(status: status), object)
    case .deadline: self = .timeout(place: [])
    case .crashed(let death), .collateral(let death): self.init(death)
    case .notStarted(let failure):
      self = .died(signal: nil, exitCode: nil, reason: failure.code, place: [])
    case .cancelled: self = .died(signal: nil, exitCode: nil, reason: "cancelled", place: [])
    }
  }

  private init(_ death: WorkerDeath) {
    var (signal, code): (Int32?, Int32?) = (nil, nil)
    switch death.status {
    case .signal(let number): signal = number
    case .exit(let number): code = number
    case .stuck, .unknown: break
    }
    self = .died(
      signal: signal, exitCode: code, reason: death.reason.rawValue, place: death.place)
  }
}
