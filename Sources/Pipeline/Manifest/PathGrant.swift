// SPDX-License-Identifier: Apache-2.0
// A file or folder outside of a plugin that it may use.

import Values

/// A path of this machine, and what may be done with it and what is below it.
package struct PathGrant: Sendable, Hashable {
  /// Absolute, without `.`, `..` or empty parts.
  package let path: String
  package let mayWrite: Bool

  /// nil for a path that is not absolute and plain.
  package init?(path: String, mayWrite: Bool) {
    guard PathGrant.isPlain(path) else { return nil }
    self.path = path
    self.mayWrite = mayWrite
  }

  /// Whether everything the other one allows is allowed by this one too.
  package func covers(_ other: PathGrant) -> Bool {
    (mayWrite || !other.mayWrite) && (path == other.path || other.path.hasPrefix(path + "/"))
  }

  /// Whether one of the two paths holds the other.
  package func touches(_ folder: String) -> Bool {
    path == folder || folder.hasPrefix(path + "/") || path.hasPrefix(folder + "/")
  }

  private static func isPlain(_ path: String) -> Bool {
    guard path.hasPrefix("/"), path.utf8.count <= PipelineLimits.textLength,
      !path.utf8.contains(where: { $0 < 32 || $0 == 127 })
    else { return false }
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }
}
