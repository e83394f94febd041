// SPDX-License-Identifier: Apache-2.0
// Reading the channel kinds of a manifest.

import Values

extension ChannelKind {
  /// - Parameters:
  ///   - credentials: the kinds the manifest declares.
  ///   - actions: the actions it declares.
  static func read(
    _ source: DocumentValue, credentials: [CredentialKind], actions: [ActionManifest]
  ) -> ChannelKind? {
    guard
      let object = source.object(keys: [
        "kind", "title", "description", "credential", "webhook", "broadcast",
      ])
    else { return nil }
    let kind = object.required("kind")?.name()
    let credential = object.required("credential").flatMap { readCredential($0, of: credentials) }
    guard let kind, let credential else { return nil }
    var channel = ChannelKind(kind: kind, credential: credential.kind)
    channel.title = object["title"]?.text(atMost: PipelineLimits.titleLength) ?? ""
    channel.description =
      object["description"]?.text(atMost: PipelineLimits.descriptionLength) ?? ""
    channel.broadcast = object["broadcast"].flatMap(RatePolicy.read)
    channel.webhook = object["webhook"].flatMap {
      ChannelWebhook.read($0, credential: credential, actions: actions)
    }
    return channel
  }

  private static func readCredential(
    _ source: DocumentValue, of kinds: [CredentialKind]
  ) -> CredentialKind? {
    guard let name = source.name() else { return nil }
    if let kind = kinds.first(where: { $0.kind == name }) { return kind }
    let known = kinds.map(\.kind)
    source.error(
      "unknown_credential_kind",
      "\"credentials\" declares no kind \"\(name)\"" + Suggestion.text(for: name, among: known),
      nearest: Suggestion.nearest(to: name, among: known))
    return nil
  }
}

extension ChannelWebhook {
  static func read(
    _ source: DocumentValue, credential: CredentialKind, actions: [ActionManifest]
  ) -> ChannelWebhook? {
    guard
      let object = source.object(keys: [
        "methods", "max_body", "auth", "keep_headers", "action", "handshake", "setup",
      ]),
      let action = object.required("action").flatMap({ readAction($0, of: actions) })
    else { return nil }
    var webhook = ChannelWebhook(action: action.id)
    if let methods = object["methods"] {
      webhook.methods = methods.elements(atMost: 5) { readMethod($0) } ?? []
      if methods.value.isEmpty {
        methods.error("empty", "\"methods\" is empty: leave it out for [\"POST\"]")
      }
    }
    if let bytes = object["max_body"]?.byteSize(in: 1...PipelineLimits.webhookBodyBytes) {
      webhook.maxBodyBytes = bytes
    }
    let auth = object.required("auth")
    webhook.auth =
      auth?.elements(atMost: PipelineLimits.webhookAuths) {
        WebhookAuth.read($0, fieldsOf: credential)
      } ?? []
    if auth?.value.isEmpty ?? false {
      auth?.error("empty", "\"auth\" is empty: anybody could send: name how requests are signed")
    }
    webhook.keepHeaders = WebhookTrigger.readHeaders(object["keep_headers"])
    if let kept = object["keep_headers"], !action.parameters.propertyNames.contains("headers") {
      kept.error(
        "missing_parameter", "the action \(action.id) takes no \"headers\": declare the parameter")
    }
    webhook.handshake = object["handshake"].flatMap {
      WebhookHandshake.read($0) { WebhookSecret.read($0, fieldsOf: credential) }
    }
    webhook.setup = object["setup"]?.text(atMost: PipelineLimits.descriptionLength)
    return webhook
  }

  /// A GET is a handshake or nothing: nobody sends messages in a URL.
  private static func readMethod(_ source: DocumentValue) -> WebhookMethod? {
    guard let method = source.choice(WebhookMethod.self) else { return nil }
    guard method != .get else {
      source.error("unknown_value", "a channel receives no GET: describe it as \"handshake\"")
      return nil
    }
    return method
  }

  private static func readAction(
    _ source: DocumentValue, of actions: [ActionManifest]
  ) -> ActionManifest? {
    guard let text = source.text(atMost: 2 * PipelineLimits.nameLength) else { return nil }
    guard let action = actions.first(where: { $0.id.rawValue == text }) else {
      let known = actions.map(\.id.rawValue)
      source.error(
        "unknown_action",
        "this plugin has no action \"\(text)\"" + Suggestion.text(for: text, among: known),
        nearest: Suggestion.nearest(to: text, among: known))
      return nil
    }
    let taken = action.parameters.propertyNames
    for parameter in ["channel", "body"] where !taken.contains(parameter) {
      source.error(
        "missing_parameter",
        "the action \(action.id) takes no \"\(parameter)\": declare the parameter, which it is "
          + "handed with what comes in")
    }
    return action
  }
}

extension WebhookHandshake {
  /// - Parameter secret: reads where the secret is.
  static func read(
    _ source: DocumentValue, secret: (DocumentValue) -> WebhookSecret?
  ) -> WebhookHandshake? {
    guard let object = source.object(keys: ["when", "token", "secret", "answer"]) else {
      return nil
    }
    var when: [String: String] = [:]
    let conditions = object.required("when")
    for (name, value) in conditions?.map(atMost: PipelineLimits.handshakeParameters)?.all ?? [] {
      when[name] = value.text(atMost: PipelineLimits.titleLength)
    }
    if conditions?.value.isEmpty ?? false {
      conditions?.error(
        "empty", "\"when\" is empty: name a parameter by which the question is known")
    }
    let token = object.required("token")?.text(atMost: PipelineLimits.titleLength)
    let answer = object.required("answer")?.text(atMost: PipelineLimits.titleLength)
    let found = object.required("secret").flatMap(secret)
    guard let token, let answer, let found else { return nil }
    return WebhookHandshake(when: when, token: token, answer: answer, secret: found)
  }
}

extension WebhookSecret {
  /// Of a manifest: a field of a kind of credential, or two while one is being changed.
  static func read(_ source: DocumentValue, fieldsOf kind: CredentialKind) -> WebhookSecret? {
    let texts: [DocumentValue]
    if source.value.asList != nil {
      guard let list = source.list(atMost: 2) else { return nil }
      if list.isEmpty { source.error("empty", "\(source.label) is empty: name a field") }
      texts = list
    } else {
      texts = [source]
    }
    let secrets = kind.fields.filter(\.isSecret).map(\.name)
    var fields: [String] = []
    for text in texts {
      guard let name = text.text(atMost: PipelineLimits.nameLength) else { continue }
      guard secrets.contains(name) else {
        let isShown = kind.fields.contains { $0.name == name }
        text.error(
          "unknown_field",
          isShown
            ? "the field \"\(name)\" of \(kind.kind) is not \"secret\": nothing can be verified "
              + "with what everybody sees"
            : "\(kind.kind) has no secret field \"\(name)\""
              + Suggestion.text(for: name, among: secrets),
          nearest: Suggestion.nearest(to: name, among: secrets))
        continue
      }
      fields.append(name)
    }
    return fields.isEmpty ? nil : WebhookSecret(credential: "", fields: fields)
  }

  /// Of a connector the host made: `{credential, fields}`.
  static func read(_ source: DocumentValue) -> WebhookSecret? {
    guard let object = source.object(keys: ["credential", "fields"]),
      let credential = object.required("credential")?.name(),
      let fields = object.required("fields")?.texts(atMost: 2, length: PipelineLimits.nameLength),
      !fields.isEmpty
    else { return nil }
    return WebhookSecret(credential: CredentialName(credential), fields: fields)
  }

  /// As a connector the host made has it.
  package var value: JSONValue {
    ["credential": .text(credential.rawValue), "fields": .list(fields.map { .text($0) })]
  }
}
