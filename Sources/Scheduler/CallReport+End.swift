// SPDX-License-Identifier: Apache-2.0
// From what the pool saw to what the engine is told.
import Engine
import Pipeline
import PluginHost
import Store
import Values

extension CallReport {
  /// Judges the end of a call by its effect class and by what had left the host.
  ///
  /// - Parameters:
  ///   - effect: the class of this call, narrowed by its parameters.
  ///   - sent: what the services know of its requests.
  init(_ end: CallEnd, effect: SideEffect, sent: EgressFate) {
    let hasLeft = end.egress == .left || sent == .left
    let hasSent = hasLeft || end.egress == .answered || sent == .answered
    // A call that did not tell its result may have done all of its work once a request of it was
    // answered; to say that nothing was done would invite a fallback to do it again.
    let isUnclear = hasSent && !effect.mayRepeat
    switch end.outcome {
    case .returned(NewsWait.status, let json):
      let value = (try? JSONValue(parsing: json, limits: .result)) ?? .null
      self =
        NewsWait(value).map { .waits($0) }
        ?? .outcome(
          .failed(
            ActionFailure(.bug, code: "bad_result", message: "a wait for news says not what for")))
    case .returned(let status, let json):
      let outcome = ActionOutcome(status: status, json: json)
      if case .failed(var failure) = outcome, hasLeft, !effect.mayRepeat {
        // Whatever the plugin makes of it, a request without an answer may have been carried out.
        failure.class = .unknownOutcome
        self = .outcome(.unknown(failure))
      } else {
        self = .outcome(outcome)
      }
    case .deadline:
      let failure = ActionFailure(
        isUnclear ? .unknownOutcome : .timeout, code: "timeout",
        message: isUnclear
          ? "no answer within the timeout, and a request had left: it may have been carried out"
          : "no answer within the timeout")
      self = .outcome(isUnclear ? .unknown(failure) : .timeout(failure))
    case .crashed(let death):
      self = .outcome(Self.died(death, isUnclear: isUnclear))
    case .collateral(let death):
      // Answers are in the ledger and come from there when the call runs again.
      self =
        hasLeft && !effect.mayRepeat
        ? .outcome(Self.died(death, isUnclear: true)) : .collateral(reason: "\(death)")
    case .notStarted(let failure):
      self = .outcome(
        .failed(
          ActionFailure(.unavailable, code: failure.code, message: failure.message)))
    case .cancelled: self = .interrupted
    }
  }

  private static func died(_ death: WorkerDeath, isUnclear: Bool) -> ActionOutcome {
    guard isUnclear else {
      return .failed(
        ActionFailure(
          .unavailable, code: "worker_crashed", message: "the worker died: \(death)"))
    }
    return .unknown(
      ActionFailure(
        .unknownOutcome, code: "worker_crashed",
        message: "the worker died after a request had left, which may have been carried out: "
          + "\(death)"))
  }
}

extension ActionOutcome {
  /// What a plugin returned, read with suspicion.
  init(status: Int32, json: [UInt8]) {
    guard let value = try? JSONValue(parsing: json, limits: .result) else {
      self = .failed(
        ActionFailure(.bug, code: "bad_result", message: "the result is no JSON"))
      return
    }
    guard status != 0 else {
      guard case .object = value else {
        self = .failed(
          ActionFailure(.bug, code: "bad_result", message: "the result is no object"))
        return
      }
      self = .succeeded(value)
      return
    }
    let failure = ActionFailure(
      ErrorClass(status: status), code: value["code"]?.asText ?? "",
      message: value["message"]?.asText ?? "the action failed without a message",
      providerCode: value["provider_code"]?.asText,
      retryAfterMS: value["retry_after_ms"]?.asInteger, detail: value["detail"])
    self = failure.class == .unknownOutcome ? .unknown(failure) : .failed(failure)
  }
}
