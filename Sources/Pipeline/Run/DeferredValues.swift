// SPDX-License-Identifier: Apache-2.0
// Values of a result that only the commit knows.

import Values

/// What stands in a result until its outcome is committed, and what is put in its place.
///
/// **Shape** `{"$deferred": slot}` stands for a whole value, `{"$deferred": slot, "member": name}`
/// for one member of it.
/// **Source** `runs.h` of the ABI.
package enum DeferredValues {
  static let marker = "$deferred"

  /// What stands for a member of the value of `slot`, or for all of it.
  package static func stand(for slot: Int, member: String? = nil) -> JSONValue {
    var stand: JSONObject = [marker: .integer(Int64(slot))]
    if let member { stand["member"] = .text(member) }
    return .object(stand)
  }

  /// The result with every deferred value in its place.
  ///
  /// Only the values of the same call are there to be put in, so an object of this shape that a
  /// plugin made by itself reads nothing of others; one whose slot is none of the call's stays as
  /// it is. What is put in is not looked into again.
  package static func fill(_ result: JSONValue, _ values: [Int: JSONValue]) -> JSONValue {
    guard !values.isEmpty else { return result }
    switch result {
    case .list(let elements):
      return .list(elements.map { fill($0, values) })
    case .object(let members):
      if let found = value(for: members, values) { return found }
      var filled = JSONObject()
      filled.reserveCapacity(members.count)
      for (name, member) in members { filled[name] = fill(member, values) }
      return .object(filled)
    default:
      return result
    }
  }

  /// The value an object stands for; nil where it is an object like any other.
  private static func value(for object: JSONObject, _ values: [Int: JSONValue]) -> JSONValue? {
    guard object.count <= 2, let slot = object[marker]?.asInteger,
      let value = Int(exactly: slot).flatMap({ values[$0] })
    else { return nil }
    if object.count == 1 { return value }
    guard let member = object["member"]?.asText else { return nil }
    return value[member] ?? .null
  }
}
