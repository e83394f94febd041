// SPDX-License-Identifier: Apache-2.0
// Why a child process could not be started or waited for.

/// **Shape**: `code` is `spawn_failed` or `timed_out`; `reason` is for a person.
package struct SubprocessError: Error, CustomStringConvertible {
  package let code: String
  package let reason: String

  package var description: String { "\(code): \(reason)" }
}
