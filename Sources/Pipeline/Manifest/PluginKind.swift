// SPDX-License-Identifier: Apache-2.0
// What a plugin is.

/// The kinds of plugins.
package enum PluginKind: String, Sendable, Hashable, CaseIterable {
  /// Offers actions; no network of its own.
  case action
  /// Carries requests to the outside world.
  case transport
  /// Takes requests from the outside world.
  case listener
  /// A manifest alone: collections that others share, no library.
  case data
}
