// SPDX-License-Identifier: Apache-2.0
// Where two values first differ.

/// The first place in which one value is not the other.
package struct JSONDifference: Sendable, Hashable {
  /// **Shape** `$.headers.x-id`, `$.to[2]`; `$` is the whole value.
  package let path: String
  /// nil: it is not there.
  package let left: JSONValue?
  package let right: JSONValue?

  package init(path: String, left: JSONValue?, right: JSONValue?) {
    self.path = path
    self.left = left
    self.right = right
  }

  /// nil when the values are equal; the order of an object's members does not count, nor how a
  /// number is written.
  package static func first(_ left: JSONValue, _ right: JSONValue) -> JSONDifference? {
    first(left, right, at: "$")
  }

  private static func first(
    _ left: JSONValue, _ right: JSONValue, at path: String
  ) -> JSONDifference? {
    guard left != right else { return nil }
    switch (left, right) {
    case (.object(let one), .object(let other)):
      for name in one.names + other.names.filter({ one[$0] == nil }) {
        let place = path + "." + name
        guard let a = one[name], let b = other[name] else {
          return JSONDifference(path: place, left: one[name], right: other[name])
        }
        if let found = first(a, b, at: place) { return found }
      }
      return nil
    case (.list(let one), .list(let other)):
      for index in 0..<max(one.count, other.count) {
        let place = "\(path)[\(index)]"
        guard index < one.count, index < other.count else {
          return JSONDifference(
            path: place, left: index < one.count ? one[index] : nil,
            right: index < other.count ? other[index] : nil)
        }
        if let found = first(one[index], other[index], at: place) { return found }
      }
      return nil
    case (.integer, .number), (.number, .integer), (.number, .number):
      if let a = left.asNumber, a == right.asNumber { return nil }
      return JSONDifference(path: path, left: left, right: right)
    default: return JSONDifference(path: path, left: left, right: right)
    }
  }
}
