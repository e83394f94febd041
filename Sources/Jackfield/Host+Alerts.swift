// SPDX-License-Identifier: Apache-2.0
// The connector that mails alerts.
import Engine
import HostServices
import Pipeline
import PluginHost
import Scheduler
import Store
import Values

/// What mails a project's alerts.
struct AlertConnector: Sendable {
  let row: ConnectorRow
  let connector: Connector
  /// Where an alert goes that names no channel.
  let channel: String?
}

extension Host {
  static let alertName = "system_alert"

  /// The connector of one action that mails a project's alerts, made when it is not there.
  func alertConnector(
    _ project: ProjectID, _ document: ProjectDocument
  ) throws(HostError) -> AlertConnector? {
    let source: JSONValue = [
      "format": 1, "project": .text(project.rawValue), "name": .text(Host.alertName),
      "title": "Mails of alerts", "trigger": ["connector": [:]],
      "steps": [
        [
          "id": "mail",
          "components": [
            [
              "action": [
                "id": "send", "use": "email.send",
                "with": [
                  "channel": "{{event.channel}}", "to": "{{event.to}}",
                  "subject": "{{event.subject}}", "text": "{{event.text}}",
                ],
              ]
            ]
          ],
        ]
      ],
    ]
    let bytes = source.jsonBytes
    guard let parsed = try? JSONDocument(source: bytes),
      let connector = Connector.parse(parsed).connector
    else { return nil }
    let row = try draft(bytes, connector, project)
    return AlertConnector(row: row, connector: connector, channel: document.alertChannel)
  }
}

extension Scheduler {
  /// Starts the run that mails an alert, and tells why it did not go out; nil for one that did.
  func mail(
    _ mail: AlertMailRow, by alert: AlertConnector,
    _ done: @escaping @Sendable (String?) -> Void
  ) {
    loop.assertCurrent()
    guard var event = (try? JSONValue(parsing: mail.mail))?.asObject else {
      return done("the mail does not parse")
    }
    if event["channel"] == nil, let channel = alert.channel { event["channel"] = .text(channel) }
    guard event["channel"] != nil else {
      return done("it names no channel, and the project has no \"alert_channel\"")
    }
    let value = JSONValue.object(event)
    let new = NewEvent(
      project: alert.row.project, connector: alert.row.id, version: alert.row.version,
      body: value.json)
    let now = clock()
    store.write({ transaction throws(StoreError) in
      try transaction.eventAccept(new, nowMS: now).run
    }) { [self] result in
      switch result {
      case .failure(let error): done(error.message)
      case .success(let run):
        wait(for: run, UInt64(mail.id.magnitude)) { end in
          done(end.state == .succeeded ? nil : end.reason)
        }
        accepted(run, of: alert.row.id, alert.row.project) { [self] in
          RunSeed.new(
            run, alert.row, alert.connector, new, event: value, scheduler: self, startedMS: now)
        }
      }
    }
  }
}
