// SPDX-License-Identifier: Apache-2.0
// The mail of an alert.
import Engine
import Pipeline
import Values

/// What is kept of an alert until its mail has gone out.
package struct AlertMail: Sendable {
  package let to: [String]
  /// A mail channel of the project; nil is its alert channel.
  package let channel: String?
  /// What happened, in a few words.
  package let subject: String
  /// What happened, without payloads, and what to type.
  package let message: String
  /// At most one in this time.
  package let every: Duration

  package init(
    to: [String], channel: String?, subject: String, message: String, every: Duration
  ) {
    self.to = to
    self.channel = channel
    self.subject = subject
    self.message = message
    self.every = every
  }

  /// - Parameter place: `connector lead of project acme`: what the reader has to look at.
  init(_ order: AlertOrder, of run: RunID, place: String) {
    self.init(
      to: order.to, channel: order.channel, subject: "\(order.subject.words), \(place)",
      message: "\(order.message)\n\nrun \(run) of \(place): jackfield runs show \(run)",
      every: order.every)
  }

  /// The event of the run that carries it.
  ///
  /// **Shape** `{to, channel?, subject, text}`.
  package func value(heldBack: Int64) -> JSONValue {
    var text = message + "\n"
    if heldBack > 0 {
      text += "\n\(heldBack) more of these were held back since the last mail.\n"
    }
    text += "The next mail about this comes in \(DurationText.text(every)) at the earliest.\n"
    var mail: JSONObject = [
      "to": .list(to.map { .text($0) }), "subject": .text("Jackfield: \(subject)"),
      "text": .text(text),
    ]
    if let channel { mail["channel"] = .text(channel) }
    return .object(mail)
  }
}

extension AlertOrder.Subject {
  /// What the throttle counts by: the action, or the connector's runs.
  var name: String {
    switch self {
    case .actionFailed(let component), .actionUnknown(let component): component.rawValue
    case .runFailed: "run_failed"
    case .runUnknown: "run_unknown"
    case .shapeChanged: "schema_changed"
    }
  }

  fileprivate var words: String {
    switch self {
    case .actionFailed(let component): "the action \(component) failed"
    case .actionUnknown(let component): "the fate of the action \(component) is not known"
    case .runFailed: "a run failed"
    case .runUnknown: "the fate of a run is not known"
    case .shapeChanged(let component): "the response of \(component) has another structure"
    }
  }
}
