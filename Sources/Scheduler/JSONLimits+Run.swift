// SPDX-License-Identifier: Apache-2.0
// How deep values of a run may be, so that what was stored can always be read back.
import Values

extension JSONLimits {
  /// A result, which the journal and templates wrap into more levels.
  static let result: JSONLimits = {
    var limits = JSONLimits.standard
    limits.depth = 120
    return limits
  }()

  /// What this host wrote itself.
  package static let stored: JSONLimits = {
    var limits = JSONLimits.standard
    limits.depth = 192
    return limits
  }()
}
