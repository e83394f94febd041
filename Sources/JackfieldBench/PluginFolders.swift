// SPDX-License-Identifier: Apache-2.0
// The bundled plugins that were built.
import Foundation
import PluginHost

enum PluginFolders {
  static var bundled: String? { PluginSet.installedFolder }

  static func names() throws -> [String] {
    guard let bundled else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: bundled).sorted()
  }
}
