// SPDX-License-Identifier: Apache-2.0
// The mail of an alert.
import Engine
import Pipeline
import Values

extension AlertOrder.Subject {
  /// What the throttle counts by: the action, or the connector's runs.
  var name: String {
    switch self {
    case .actionFailed(let component), .actionUnknown(let component): component.rawValue
    case .runFailed: "run_failed"
    case .runUnknown: "run_unknown"
    }
  }

  fileprivate var words: String {
    switch self {
    case .actionFailed(let component): "the action \(component) failed"
    case .actionUnknown(let component): "the fate of the action \(component) is not known"
    case .runFailed: "a run failed"
    case .runUnknown: "the fate of a run is not known"
    }
  }
}

extension AlertOrder {
  /// What is kept until it has gone out.
  ///
  /// **Shape** `{to, channel?, subject, text}`.
  func mail(of run: RunID, heldBack: Int64) -> JSONValue {
    var text = "\(message)\n\nrun \(run): jackfield runs show \(run)\n"
    if heldBack > 0 {
      text += "\n\(heldBack) more of these were held back since the last mail.\n"
    }
    text += "The next mail about this comes in \(DurationText.text(every)) at the earliest.\n"
    var mail: JSONObject = [
      "to": .list(to.map { .text($0) }), "subject": .text("Jackfield: \(subject.words)"),
      "text": .text(text),
    ]
    if let channel { mail["channel"] = .text(channel) }
    return .object(mail)
  }
}
