// SPDX-License-Identifier: Apache-2.0
// Whose calls count together against a rate.
import Pipeline

/// What a bucket is for: a plugin in a project, a credential, whichever plugin uses it, or the pace
/// of a channel.
enum BucketKey: Hashable, Sendable, Comparable {
  case plugin(ProjectID, PluginID)
  case credential(ProjectID, CredentialName)
  case channel(ProjectID, String)

  /// **Shape** `["plugin", "credential" or "channel", project, name or id]`.
  var texts: [String] {
    switch self {
    case .plugin(let project, let plugin): ["plugin", project.rawValue, plugin.rawValue]
    case .credential(let project, let name): ["credential", project.rawValue, name.rawValue]
    case .channel(let project, let id): ["channel", project.rawValue, id]
    }
  }

  init?(texts: [String]) {
    guard texts.count == 3 else { return nil }
    switch texts[0] {
    case "plugin": self = .plugin(ProjectID(texts[1]), PluginID(texts[2]))
    case "credential": self = .credential(ProjectID(texts[1]), CredentialName(texts[2]))
    case "channel": self = .channel(ProjectID(texts[1]), texts[2])
    default: return nil
    }
  }

  /// The gate at which those stand who wait for a token of it.
  var gate: Gate {
    switch self {
    case .plugin: .pluginRate
    case .credential: .credentialRate
    case .channel: .channelPace
    }
  }

  /// What fills it, as a call puts it; nil where the call needs no token of it.
  func rate(of plan: CallPlan) -> RatePolicy? {
    switch self {
    case .plugin, .credential: plan.policy.rate
    case .channel: plan.pace?.rate
    }
  }

  static func < (left: BucketKey, right: BucketKey) -> Bool {
    left.texts.lexicographicallyPrecedes(right.texts)
  }
}
