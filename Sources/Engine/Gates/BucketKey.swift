// SPDX-License-Identifier: Apache-2.0
// Whose calls count together against a rate.
import Pipeline

/// What a bucket is for: a plugin in a project, or a credential, whichever plugin uses it.
enum BucketKey: Hashable, Sendable, Comparable {
  case plugin(ProjectID, PluginID)
  case credential(ProjectID, CredentialName)

  /// **Shape** `["plugin" or "credential", project, name]`.
  var texts: [String] {
    switch self {
    case .plugin(let project, let plugin): ["plugin", project.rawValue, plugin.rawValue]
    case .credential(let project, let name): ["credential", project.rawValue, name.rawValue]
    }
  }

  init?(texts: [String]) {
    guard texts.count == 3 else { return nil }
    switch texts[0] {
    case "plugin": self = .plugin(ProjectID(texts[1]), PluginID(texts[2]))
    case "credential": self = .credential(ProjectID(texts[1]), CredentialName(texts[2]))
    default: return nil
    }
  }

  static func < (left: BucketKey, right: BucketKey) -> Bool {
    left.texts.lexicographicallyPrecedes(right.texts)
  }
}
