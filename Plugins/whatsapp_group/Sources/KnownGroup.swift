// SPDX-License-Identifier: Apache-2.0
// A group an action works on.
import JackfieldPlugin

/// One group of a family: its id at the gateway, and its record where there is one.
struct KnownGroup {
  let id: String
  var name: String
  var record: Record?

  var number: Int { record?["number"]?.asInteger.map { Int(clamping: $0) } ?? 0 }
}
