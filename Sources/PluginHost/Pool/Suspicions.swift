// SPDX-License-Identifier: Apache-2.0
//
// Which calls were there when workers died.

import Pipeline

/// Remembers, by idempotency key, how often a call was collateral and how often a suspect; forgets
/// a call when it ends in any other way.
///
/// A call that was among the suspects of two crashes runs alone: that covers two crashes with the
/// same suspects, and also ends when the innocent ones differ from crash to crash.
struct Suspicions {
  private struct Key: Hashable {
    let project: ProjectID
    let plugin: PluginID
    let call: String
  }

  private struct Past {
    var collaterals = 0
    var suspicions = 0
  }

  private var pasts: [Key: Past] = [:]
  private let limits: PoolLimits

  init(limits: PoolLimits) {
    self.limits = limits
  }

  var count: Int { pasts.count }

  func mustBeAlone(_ request: CallRequest) -> Bool {
    guard !pasts.isEmpty else { return false }
    return (pasts[Self.key(request)]?.suspicions ?? 0) >= limits.suspicions
  }

  /// The call was collateral; whether it was so too often and is to be charged instead.
  mutating func noteCollateral(_ request: CallRequest, isSuspect: Bool) -> Bool {
    let key = Self.key(request)
    // Beyond the bound the past is forgotten whole: calls run once more, nothing else is lost.
    if pasts.count >= limits.remembered, pasts[key] == nil { pasts.removeAll() }
    var past = pasts[key] ?? Past()
    past.collaterals += 1
    if isSuspect { past.suspicions += 1 }
    pasts[key] = past
    return past.collaterals > limits.collateral
  }

  mutating func forget(_ request: CallRequest) {
    if !pasts.isEmpty { pasts[Self.key(request)] = nil }
  }

  private static func key(_ request: CallRequest) -> Key {
    Key(project: request.project, plugin: request.plugin.id, call: request.key)
  }
}
