// SPDX-License-Identifier: Apache-2.0
// Reading the trigger `webhook`.

import Values

extension WebhookTrigger {
  static func read(_ source: DocumentValue) -> WebhookTrigger? {
    let keys = ["methods", "body", "max_body", "auth", "dedupe", "keep_headers", "confirm"]
    let isHostMade = source.findings.isHostMade
    guard let object = source.object(keys: keys + (isHostMade ? ["handshake", "of_channel"] : []))
    else { return nil }
    var trigger = WebhookTrigger()
    if let methods = object["methods"] {
      trigger.methods = methods.elements(atMost: 5) { $0.choice(WebhookMethod.self) } ?? []
      if methods.value.isEmpty {
        methods.error("empty", "\"methods\" is empty: leave it out for [\"POST\"]")
      }
    }
    if let body = object["body"]?.choice(WebhookBody.self) { trigger.body = body }
    if let bytes = object["max_body"]?.byteSize(in: 1...PipelineLimits.webhookBodyBytes) {
      trigger.maxBodyBytes = bytes
    }
    trigger.auth =
      object["auth"]?.elements(atMost: PipelineLimits.webhookAuths, WebhookAuth.read) ?? []
    trigger.dedupe = object["dedupe"].flatMap(WebhookDedupe.read)
    trigger.keepHeaders = readHeaders(object["keep_headers"])
    trigger.asksBeforeGet = object["confirm"]?.boolean() ?? true
    trigger.handshake = object["handshake"].flatMap {
      WebhookHandshake.read($0) { WebhookSecret.read($0) }
    }
    trigger.isOfChannel = object["of_channel"]?.boolean() ?? false
    return trigger
  }

  static func readHeaders(_ source: DocumentValue?) -> [String] {
    source?.texts(atMost: PipelineLimits.keptHeaders, length: 200)?.map { $0.lowercased() } ?? []
  }
}

extension WebhookAuth {
  static let documentKeys = [
    "scheme", "secret", "header", "hash", "encoding", "prefix", "tolerance",
  ]

  static func read(_ source: DocumentValue) -> WebhookAuth? {
    guard let object = source.object(keys: documentKeys),
      let scheme = object.required("scheme")?.choice(WebhookAuthScheme.self)
    else { return nil }
    var auth = WebhookAuth(scheme: scheme, secrets: [])
    if source.findings.isHostMade, let secret = object["secret"], secret.value.asObject != nil {
      guard let held = WebhookSecret.read(secret) else { return nil }
      auth.held = held
    } else {
      guard let secrets = object.required("secret").flatMap(readSecrets) else { return nil }
      auth.secrets = secrets
    }
    auth.readScheme(object, source)
    return auth
  }

  /// Of a manifest: the secret is a field of the channel's credential.
  static func read(_ source: DocumentValue, fieldsOf kind: CredentialKind) -> WebhookAuth? {
    guard let object = source.object(keys: documentKeys),
      let scheme = object.required("scheme")?.choice(WebhookAuthScheme.self),
      let held = object.required("secret").flatMap({ WebhookSecret.read($0, fieldsOf: kind) })
    else { return nil }
    var auth = WebhookAuth(scheme: scheme, secrets: [])
    auth.held = held
    auth.readScheme(object, source)
    return auth
  }

  /// What depends on the scheme.
  private mutating func readScheme(_ object: DocumentObject, _ source: DocumentValue) {
    header = object["header"]?.text(atMost: 200)
    if let hash = object["hash"]?.choice(WebhookHash.self) { self.hash = hash }
    if let encoding = object["encoding"]?.choice(WebhookEncoding.self) { self.encoding = encoding }
    if let prefix = object["prefix"]?.text(atMost: 100, mayBeEmpty: true) { self.prefix = prefix }
    if let tolerance = object["tolerance"]?.duration() { self.tolerance = tolerance }
    if scheme == .hmac, object["header"] == nil {
      source.error(
        "missing_key", "the scheme \"hmac\" needs \"header\", the header of the signature")
    }
    if scheme != .hmac {
      for key in ["hash", "encoding", "prefix"] where object[key] != nil {
        object[key]?.error(
          "unexpected_key",
          "\"\(key)\" belongs to the scheme \"hmac\": \(scheme.rawValue) fixes it")
      }
    }
  }

  private static func readSecrets(_ source: DocumentValue) -> [CredentialName]? {
    guard source.value.asList != nil else { return source.credentialName().map { [$0] } }
    let names = source.elements(atMost: 2) { $0.credentialName() }
    if names?.isEmpty ?? true { return nil }
    return names
  }
}

extension WebhookDedupe {
  static func read(_ source: DocumentValue) -> WebhookDedupe? {
    guard let object = source.object(keys: ["by", "within"]) else { return nil }
    var dedupe = WebhookDedupe()
    if let by = object["by"] {
      guard case .template(let template) = TemplateTree.read(by) else {
        by.error(
          "bad_template", "\"by\" is the same for all events: write a path, \"{{event.id}}\"")
        return nil
      }
      dedupe.by = template
    }
    if let within = object["within"]?.duration(atLeast: .seconds(1)) { dedupe.within = within }
    return dedupe
  }
}

extension DocumentValue {
  /// The name of a credential, which is never a template.
  func credentialName() -> CredentialName? {
    if let text = value.asText, contains(text, "{{") {
      error("template_not_allowed", "\(label) is a credential's name: it cannot be a template")
      return nil
    }
    return name().map { CredentialName($0) }
  }
}
