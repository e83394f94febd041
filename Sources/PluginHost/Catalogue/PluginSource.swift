// SPDX-License-Identifier: Apache-2.0
//
// How a plugin came to a host.

/// Where a plugin's folder was found.
package enum PluginSource: String, Sendable {
  /// With the host's own programs.
  case bundled
  /// A folder that a set file or an embedder names.
  case listed
  /// Copied into the data folder, and locked.
  case installed
}
