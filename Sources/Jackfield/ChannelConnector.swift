// SPDX-License-Identifier: Apache-2.0
// The connector through which a channel receives.
import Pipeline
import Store
import Values

/// What the host makes of a channel that receives: a webhook that verifies with the channel's
/// credential, and one step that calls the plugin's action. Receiving is an ordinary run.
struct ChannelConnector: Sendable {
  let project: ProjectID
  let channel: ChannelFacts
  let webhook: ChannelWebhook

  var name: ConnectorName { ConnectorName(channel: channel.slug) }

  /// The connector's document.
  var document: JSONValue {
    var with: JSONObject = ["channel": .text(channel.id.text), "body": "{{event.body}}"]
    if !webhook.keepHeaders.isEmpty { with["headers"] = "{{event.headers}}" }
    let receive: JSONValue = [
      "id": "receive", "use": .text(webhook.action.rawValue), "with": .object(with),
    ]
    return [
      "format": 1, "project": .text(project.rawValue), "name": .text(name.rawValue),
      "title": .text("Channel \(channel.name): what comes in"), "trigger": ["webhook": trigger],
      "steps": [["id": "take", "components": [["action": receive]]]],
    ]
  }

  private var trigger: JSONValue {
    var trigger: JSONObject = [
      "of_channel": true, "methods": .list(webhook.methods.map { .text($0.rawValue) }),
      "max_body": .text(ByteSizeText.text(webhook.maxBodyBytes)),
      "auth": .list(webhook.auth.map(auth)), "dedupe": [:],
    ]
    if !webhook.keepHeaders.isEmpty {
      trigger["keep_headers"] = .list(webhook.keepHeaders.map { .text($0) })
    }
    if let handshake = webhook.handshake {
      let when = handshake.when.sorted { $0.key < $1.key }
      trigger["handshake"] = [
        "when": .object(JSONObject(when.map { (name: $0.key, value: .text($0.value)) })),
        "token": .text(handshake.token), "answer": .text(handshake.answer),
        "secret": secret(handshake.secret),
      ]
    }
    return .object(trigger)
  }

  private func auth(_ auth: WebhookAuth) -> JSONValue {
    var value: JSONObject = [
      "scheme": .text(auth.scheme.rawValue),
      "secret": secret(auth.held ?? WebhookSecret(credential: "", fields: [])),
      "tolerance": .text(DurationText.text(auth.tolerance)),
    ]
    if let header = auth.header { value["header"] = .text(header) }
    if auth.scheme == .hmac {
      value["hash"] = .text(auth.hash.rawValue)
      value["encoding"] = .text(auth.encoding.rawValue)
      value["prefix"] = .text(auth.prefix)
    }
    return .object(value)
  }

  private func secret(_ secret: WebhookSecret) -> JSONValue {
    WebhookSecret(credential: channel.credential ?? "none", fields: secret.fields).value
  }
}

/// A channel as its record has it.
struct ChannelFacts: Sendable {
  let id: RecordID
  let name: String
  let kind: String
  let credential: CredentialName?
  let isEnabled: Bool
  let isInbound: Bool

  init(_ row: RecordRow) {
    id = row.id
    name = row.fields["name"]?.asText ?? ""
    kind = row.fields["kind"]?.asText ?? ""
    let named = row.fields["credential"]?.asText ?? ""
    credential = DocumentName.isValid(named) ? CredentialName(named) : nil
    isEnabled = row.fields["enabled"]?.asBoolean ?? true
    isInbound = row.fields["inbound"]?.asBoolean ?? false
  }

  /// Its name where a connector can have it, else its id.
  var slug: String { DocumentName.isValid(name) ? name : "id_\(id.text)" }
}
