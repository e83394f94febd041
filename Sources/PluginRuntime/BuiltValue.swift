// SPDX-License-Identifier: Apache-2.0
// A value and the text it was parsed from.
import Values

/// A parsed value that remembers its text.
struct BuiltValue {
  let tape: JSONTape
  let json: ArraySlice<UInt8>

  init(_ json: ArraySlice<UInt8>) throws(JSONError) {
    self.json = json
    let outcome = json.withUnsafeBytes { bytes in
      Result { () throws(JSONError) in try JSONTape(parsing: bytes) }
    }
    tape = try outcome.get()
  }
}
