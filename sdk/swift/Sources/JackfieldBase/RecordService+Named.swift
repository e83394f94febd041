// SPDX-License-Identifier: Apache-2.0
// References by id or name.
import JackfieldPlugin

extension RecordService {
  /// The record with this id, or with this name in any case.
  ///
  /// - Parameter kind: the word messages and codes use: `storage` gives `storage_not_found`.
  /// **Throws**: `not_found`, `<kind> not found: <reference>`; `invalid_input`, code `ambiguous`,
  /// when two carry the name.
  public func named(
    _ reference: String, in collection: String, kind: String
  ) throws(ActionError) -> Record {
    let wanted = reference.trimmed
    guard !wanted.isEmpty else { throw .invalidInput("empty_reference", "\(kind) is empty") }
    if let byID = try get(wanted, in: collection) { return byID }
    let page = try query(RecordQuery(.field("name", is: wanted), limit: 2), in: collection)
    guard let found = page.records.first else {
      throw .notFound("\(kind)_not_found", "\(kind) not found: \(wanted)")
    }
    guard page.records.count == 1 else {
      throw .invalidInput("ambiguous", "ambiguous: \(wanted)")
    }
    return found
  }
}
