// SPDX-License-Identifier: Apache-2.0
// Where the sources lie, for the tests that read them.

/// The folder that holds Package.swift, found from where this file was compiled.
package enum PackageFolder {
  /// **Shape**: an absolute path without a closing slash.
  package static let path: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)  // Tests/TestKit/PackageFolder.swift
    return parts.joined(separator: "/")
  }()
}
