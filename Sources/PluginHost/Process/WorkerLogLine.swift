// SPDX-License-Identifier: Apache-2.0
//
// A line that a plugin printed or logged outside of any call.

import Pipeline

/// One line of a worker.
package struct WorkerLogLine: Sendable, Hashable {
  package let project: ProjectID
  package let plugin: PluginID
  package let pid: Int32
  /// 0 debug … 3 error; 1 for what was printed.
  package let level: UInt8
  /// Made valid UTF-8; without control characters, for it ends on terminals.
  package let text: String

  init(project: ProjectID, plugin: PluginID, pid: Int32, level: UInt8, bytes: ArraySlice<UInt8>) {
    self.project = project
    self.plugin = plugin
    self.pid = pid
    self.level = level
    text = Self.cleaned(bytes)
  }

  /// Valid UTF-8 without control characters.
  static func cleaned(_ bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      let isControl = scalar.value < 0x20 && scalar != "\t" || (0x7f...0x9f).contains(scalar.value)
      text.unicodeScalars.append(isControl ? "\u{fffd}" : scalar)
    }
    return text
  }
}
