// SPDX-License-Identifier: Apache-2.0
// A kind of channel a plugin declares: the credential it needs, and how it receives.

import Values

/// A kind of channel. The host makes the webhook of each channel of the kind; what comes in is
/// handed to an action of the plugin.
package struct ChannelKind: Sendable, Hashable {
  package var kind: String
  package var title = ""
  package var description = ""
  /// The kind of credential its channels have.
  package var credential: String
  package var webhook: ChannelWebhook?
  /// The pace of messages to many, where the channel says none.
  package var broadcast: RatePolicy?

  package init(kind: String, credential: String) {
    self.kind = kind
    self.credential = credential
  }
}

/// How a kind of channel receives.
package struct ChannelWebhook: Sendable, Hashable {
  package var methods: [WebhookMethod] = [.post]
  /// **Unit** bytes.
  package var maxBodyBytes: Int64 = 1 << 20
  /// One of them has to be right; their secrets are fields of the channel's credential.
  package var auth: [WebhookAuth] = []
  /// Headers handed to the action, in lower case.
  package var keepHeaders: [String] = []
  /// What is called with `{channel, body, headers?}`.
  package var action: ActionID
  package var handshake: WebhookHandshake?
  /// What a person enters at the provider, beside the URL.
  package var setup: String?

  package init(action: ActionID) { self.action = action }
}

/// A provider's question whether a URL is ours: a GET whose query shows a secret and has a text
/// that is given back.
package struct WebhookHandshake: Sendable, Hashable {
  /// Parameters of the query and their values, by which the question is known.
  package var when: [String: String]
  /// The parameter that has to be the secret.
  package var token: String
  /// The parameter that is given back.
  package var answer: String
  package var secret: WebhookSecret

  package init(when: [String: String], token: String, answer: String, secret: WebhookSecret) {
    self.when = when
    self.token = token
    self.answer = answer
    self.secret = secret
  }
}

/// Fields of a credential that hold a secret: one, or two while it is being changed.
package struct WebhookSecret: Sendable, Hashable {
  /// Empty in a manifest, which is about every channel of a kind.
  package var credential: CredentialName
  package var fields: [String]

  package init(credential: CredentialName, fields: [String]) {
    self.credential = credential
    self.fields = fields
  }

  /// What the secret is looked up under: no credential has this name.
  package var name: CredentialName {
    CredentialName("\(credential).\(fields.joined(separator: "."))")
  }
}
