// SPDX-License-Identifier: Apache-2.0
// Why the bench could not measure.

/// **Shape**: `code` is `usage`, `reference_failed` or `host_failed`.
struct BenchError: Error, CustomStringConvertible {
  let code: String
  let reason: String

  var description: String { reason }

  static func reference(_ name: String, _ number: Int32) -> BenchError {
    BenchError(code: "reference_failed", reason: "\(name) ended with errno \(number)")
  }
}
