// SPDX-License-Identifier: Apache-2.0
// Values that are always there, for functions that never answer null.
import Values

/// An empty object and an empty list, alive for ever.
enum StaticValues {
  static let object = parsed("{}")
  static let list = parsed("[]")

  private static func parsed(_ json: String) -> JSONTape {
    do {
      return try JSONTape(parsing: Array(json.utf8))
    } catch {
      preconditionFailure("\(json) does not parse: \(error)")
    }
  }
}
