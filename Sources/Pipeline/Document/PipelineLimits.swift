// SPDX-License-Identifier: Apache-2.0
// Every limit of the documents, each with its reason.

/// Bounds on what a document may say. Those marked with the specification are fixed there.
package enum PipelineLimits {
  /// **Unit** bytes. A document is written by people; above this it is a program's mistake.
  static let documentBytes = 4 << 20
  /// spec/formats.md 1.3.
  static let steps = 50
  /// Components of one step: one screen of the builder, and the run view lists each.
  static let components = 100
  /// Conditions of one filter, nested ones included: evaluated inside one turn of the engine.
  static let conditions = 200
  /// Nesting of `all` and `any`: deeper is unreadable, and bounds the recursion.
  static let conditionDepth = 16
  /// **Unit** characters of an id or saved name; spec/formats.md 1.2.
  static let nameLength = 63
  /// **Unit** characters of a title.
  static let titleLength = 200
  /// **Unit** characters of a description.
  static let descriptionLength = 4_000
  /// **Unit** characters of a time zone: the longest known has 32.
  static let zoneLength = 64
  /// **Unit** characters of a URL, a host name, a path.
  static let textLength = 2_048
  /// Values of one format: one screen of the builder.
  static let formatValues = 100
  /// Elements of one loop; spec/engine.md, For each.
  package static let elements = 10_000
  /// Identifiers of one delay; spec/formats.md 1.6.
  static let identifiers = 5
  /// **Unit** characters of an identifier as written; every waiting run is found by them.
  static let identifierLength = 500
  /// Fallbacks inside fallbacks: a chain of six ways to say the same is a mistake.
  static let fallbackDepth = 5
  /// Rules of one fallback.
  static let fallbackRules = 20
  /// Addresses of one alert; spec/engine.md, Alerts.
  static let alertAddresses = 10
  /// Channels, keywords, buttons, fields of one trigger, each.
  static let triggerNames = 100
  /// How long a webhook's caller may be kept; spec/engine.md, Respond.
  static let respondWait: Duration = .seconds(30)
  /// Notes of one rendering: the first hundred tell enough.
  static let notes = 100
  /// **Unit** steps of one search with a pattern from a connector, which holds the loop up: a
  /// megabyte under the worst of short patterns takes 12 million.
  static let patternSteps = 20_000_000
  /// Actions of one plugin: the longest bundled one has 13.
  static let actions = 200
  /// Collections of one plugin.
  static let collections = 100
  /// Fields of one collection: a row is one JSON text.
  static let collectionFields = 200
  /// Indexes and unique keys of one collection: each write pays for each.
  static let collectionIndexes = 16
  /// Credential kinds of one plugin, and fields of one kind.
  static let credentialKinds = 20
  /// Channel kinds of one plugin.
  static let channelKinds = 20
  /// Parameters by which a handshake is known.
  static let handshakeParameters = 5
  /// Hosts in one grant: a list that nobody reads is no grant.
  static let hosts = 100
  /// Examples of one action.
  static let examples = 20
  /// Calls at a time in one worker; architecture §2.
  static let maxCalls = 1_024
  /// Plugins of one project document.
  static let projectPlugins = 200
  /// Constants of one project.
  static let constants = 1_000
  /// Channels, storages, attributes of one project document, each.
  static let projectItems = 1_000
  /// Webhook signature schemes of one connector.
  static let webhookAuths = 10
  /// Headers kept from a webhook.
  static let keptHeaders = 50
  /// Findings of one document: the first hundred tell enough.
  static let findings = 100
  /// **Unit** characters of a finding's message.
  static let messageLength = 800
  /// **Unit** bytes of a webhook's body an operator may allow.
  static let webhookBodyBytes: Int64 = 10 << 20
  /// The longest duration a document may name: ten years, so that sums never overflow.
  static let durationSeconds: Int64 = 3_660 * 86_400
  /// What a sum of durations is cut to.
  static let longest: Duration = .seconds(1_000 * durationSeconds)
}
