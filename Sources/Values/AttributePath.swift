// SPDX-License-Identifier: Apache-2.0
// Where a value stands: a root word, then names and places.

/// `event.items[0]["full name"]`: a root, then members by name and elements by place.
///
/// Names after a point are letters, digits, `_` and `-`, not beginning with a digit or `-`; any
/// other name stands in brackets and quotes, written as a JSON string. `[-1]` is the last element.
public struct AttributePath: Sendable, Hashable, CustomStringConvertible {
  public enum Segment: Sendable, Hashable {
    case name(String)
    /// Negative from the end.
    case index(Int)
  }

  /// The first name: `event`, `contact`, a saved name …
  public let root: String
  public let segments: [Segment]

  public init(root: String, segments: [Segment]) {
    self.root = root
    self.segments = segments
  }

  /// **Throws**: `bad_path` and where; nothing may stand before or after the path
  public init(parsing text: String) throws(TemplateError) {
    self = try text.withBytes { bytes throws(TemplateError) in
      var scanner = TemplateScanner(bytes)
      let path = try scanner.path()
      guard scanner.isAtEnd else {
        throw scanner.failure("bad_path", "\(scanner.shown()) does not belong in a path")
      }
      return path
    }
  }

  /// Follows the segments from the root's value; nil where a member or element is not there.
  public func resolve(in value: JSONValue) -> JSONValue? {
    var found = value
    for segment in segments {
      let next: JSONValue? =
        switch segment {
        case .name(let name): found[name]
        case .index(let index): found[index]
        }
      guard let next else { return nil }
      found = next
    }
    return found
  }

  /// The path as it is written in templates.
  public var description: String {
    segments.reduce(into: root) { text, segment in
      switch segment {
      case .index(let index): text += "[\(index)]"
      case .name(let name) where Self.isPlain(name): text += ".\(name)"
      case .name(let name): text += "[\(JSONValue.text(name).json)]"
      }
    }
  }

  static func isPlain(_ name: String) -> Bool {
    guard let first = name.utf8.first, TemplateScanner.beginsName(first) else { return false }
    return name.utf8.allSatisfy(TemplateScanner.continuesName)
  }
}
