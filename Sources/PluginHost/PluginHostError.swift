// SPDX-License-Identifier: Apache-2.0
//
// The error of this module.

import Glibc

/// Something that kept the host from scanning, starting or owning its workers.
///
/// `code` is stable snake_case, for machines; `message` says what happened and what to do.
package struct PluginHostError: Error, Sendable, Hashable, CustomStringConvertible {
  package let code: String
  package let message: String

  package init(code: String, message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}

/// The system's own text for an error number.
func systemText(_ number: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 128)
  guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
  return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
