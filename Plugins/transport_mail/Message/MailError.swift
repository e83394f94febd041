// SPDX-License-Identifier: Apache-2.0
// Why a mail cannot be written.

/// What is wrong with a mail's description; nothing was connected to.
package struct MailError: Error, Equatable, Sendable {
  package let code: String
  package let reason: String

  package init(_ code: String, _ reason: String) {
    self.code = code
    self.reason = reason
  }
}
