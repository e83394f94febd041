// SPDX-License-Identifier: Apache-2.0
// The trigger `webhook`: an event comes in over HTTP.

import Values

/// What a connector's webhook accepts.
package struct WebhookTrigger: Sendable, Hashable {
  package var methods: [WebhookMethod] = [.post]
  package var body: WebhookBody = .auto
  /// **Unit** bytes; above it the caller gets 413.
  package var maxBodyBytes: Int64 = 1 << 20
  /// Any of them has to be right; empty: the URL's token is all.
  package var auth: [WebhookAuth] = []
  package var dedupe: WebhookDedupe?
  /// Request headers that become part of the event, in lower case.
  package var keepHeaders: [String] = []
  /// Whether a GET answers with a page that asks before it counts.
  package var asksBeforeGet = true
  /// A question that is answered without a run; only a channel's connector has one.
  package var handshake: WebhookHandshake?
  /// Whether it is a channel's, which only the host makes: the event is `{body, headers?}`, whatever
  /// the body is, and the receipt is 200 without a body, as providers of messages want it.
  package var isOfChannel = false

  package init() {}
}

/// The methods a webhook may take.
package enum WebhookMethod: String, Sendable, Hashable, CaseIterable {
  case get = "GET"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
}

/// How a webhook's body is read.
package enum WebhookBody: String, Sendable, Hashable, CaseIterable {
  /// By the request's content type.
  case auto
  case json, form, multipart, text
}

/// One way to prove where a request comes from, over the raw body.
package struct WebhookAuth: Sendable, Hashable {
  package var scheme: WebhookAuthScheme
  /// One, or two while a secret is being changed.
  package var secrets: [CredentialName]
  /// Where the secret is instead, for a channel: fields of its credential.
  package var held: WebhookSecret?
  /// The rest is for `hmac`; `bearer` and `basic` may name another header.
  package var header: String?
  package var hash: WebhookHash = .sha256
  package var encoding: WebhookEncoding = .hex
  /// What stands before the signature in the header.
  package var prefix = ""
  /// The time window of schemes that sign a time.
  package var tolerance: Duration = .seconds(300)

  package init(scheme: WebhookAuthScheme, secrets: [CredentialName]) {
    self.scheme = scheme
    self.secrets = secrets
  }

  /// What the secrets are looked up under.
  package var secretNames: [CredentialName] { held.map { [$0.name] } ?? secrets }
}

/// The signature schemes of webhooks.
package enum WebhookAuthScheme: String, Sendable, Hashable, CaseIterable {
  case standardWebhooks = "standard_webhooks"
  case github, stripe, meta, hmac, bearer, basic
}

/// The hash of an `hmac` scheme.
package enum WebhookHash: String, Sendable, Hashable, CaseIterable {
  case sha1, sha256, sha512
}

/// How an `hmac` signature is written.
package enum WebhookEncoding: String, Sendable, Hashable, CaseIterable {
  case hex, base64
}

/// When an event counts as one that was there before.
package struct WebhookDedupe: Sendable, Hashable {
  /// What has to be equal; nil is the signed content.
  package var by: Template?
  package var within: Duration = .seconds(7 * 86_400)

  package init(by: Template? = nil) { self.by = by }

  /// The key of an event, a text; nil when nothing was rendered, so that nothing is compared.
  package func key(
    of event: JSONValue, context: FormatterContext = FormatterContext()
  ) throws(TemplateError) -> String? {
    guard let by else { return nil }
    var scope = RenderScope(context: context) { $0 == "event" ? event : nil }
    let key = plainText(try scope.render(by))
    return key.isEmpty ? nil : key
  }
}
