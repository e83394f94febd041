// SPDX-License-Identifier: Apache-2.0
// Checking the trigger, the mapped response and whom alerts go to.

import Values

extension ConnectorCheck {
  func checkTrigger() {
    if let name = connector.timeZone { checkZone(name, at: DocumentPath([.key("time_zone")])) }
    let path = DocumentPath([.key("trigger"), .key(connector.trigger.kind.rawValue)])
    switch connector.trigger {
    case .webhook(let webhook): checkSecrets(of: webhook)
    case .schedule(let schedule):
      if let name = schedule.timeZone { checkZone(name, at: path.appending("time_zone")) }
    case .message(let trigger): checkChannels(trigger.channels, at: path)
    case .messageStatus(let trigger): checkChannels(trigger.channels, at: path)
    case .email(let trigger):
      checkChannel(trigger.channel, kind: "email", at: path.appending("channel"))
    case .connector, .record, .reminder, .macroButton: break
    }
    if let contact = connector.contact {
      let path = DocumentPath([.key("contact"), .key("channel")])
      if !contact.channel.utf8.contains(123) { checkChannel(contact.channel, at: path) }
    }
  }

  private func checkZone(_ name: String, at path: DocumentPath) {
    if context.zones(name) == nil { findings.addUnknownZone(name, in: context.zones, at: path) }
  }

  private func checkSecrets(of webhook: WebhookTrigger) {
    for (index, auth) in webhook.auth.enumerated() {
      let path = DocumentPath.webhook.appending("auth").appending(index).appending("secret")
      for (inner, secret) in auth.secrets.enumerated() where !context.credentials.contains(secret) {
        let isList = connector.document.value(at: path)?.asList != nil
        missingCredential(
          secret, kind: "secret", at: isList ? path.appending(inner) : path)
      }
    }
  }

  private func checkChannels(_ names: [String], at path: DocumentPath) {
    for (index, name) in names.enumerated() {
      checkChannel(name, at: path.appending("channels").appending(index))
    }
  }

  /// A channel is one of the project's; ids, which are numbers, are known to the store alone.
  func checkChannel(_ name: String, kind: String? = nil, at path: DocumentPath) {
    guard let channels = context.channels, Int64(name) == nil else { return }
    guard let found = channels.first(where: { sameName($0.key, name) }) else {
      error(
        "unknown_channel",
        "the project \(context.project) has no channel \"\(name)\""
          + Suggestion.text(for: name, among: channels.keys),
        at: path, nearest: Suggestion.nearest(to: name, among: channels.keys))
      return
    }
    if let kind, found.value != kind {
      error(
        "wrong_channel",
        "the channel \"\(name)\" is of kind \(found.value): a channel of kind \(kind) is wanted",
        at: path)
    }
  }

  func checkAlerts() {
    if let alert = connector.options.alert {
      checkAlert(alert.channel, at: DocumentPath([.key("options"), .key("alert")]))
    }
    for site in connector.actionSites {
      guard let alert = site.action.alert else { continue }
      checkAlert(alert.channel, at: site.path.appending("alert"))
    }
  }

  private func checkAlert(_ channel: String?, at path: DocumentPath) {
    if let channel {
      checkChannel(channel, kind: "email", at: path.appending("channel"))
    } else if context.channels != nil, context.alertChannel == nil {
      error(
        "missing_channel",
        "the alert names no \"channel\" and the project \(context.project) no \"alert_channel\": "
          + "name a mail channel",
        at: path)
    }
  }

  func checkRespond() {
    guard let respond = connector.respond else { return }
    let path = DocumentPath([.key("respond")])
    if connector.webhook == nil {
      error(
        "unexpected_key",
        "\"respond\" answers the caller of a webhook, this connector's trigger is "
          + "\(connector.trigger.kind.rawValue): remove it",
        at: path, ofKey: true)
    }
    guard let after = respond.after else { return }
    let known = connector.steps.map(\.id.rawValue)
    guard let index = connector.stepIndex(after) else {
      unknown(
        "unknown_step", "step", after.rawValue, among: known, at: path.appending("after"))
      return
    }
    let waits = connector.steps[...index].filter(\.isEnabled).flatMap(\.components)
      .compactMap(\.knownWait).reduce(.zero, +)
    if waits > respond.wait {
      warning(
        "never_in_time",
        "the delays up to \"\(after)\" last \(DurationText.text(waits)), the caller is kept for "
          + "\(DurationText.text(respond.wait)): it gets the 202, answer after an earlier step",
        at: path.appending("after"))
    }
  }
}
