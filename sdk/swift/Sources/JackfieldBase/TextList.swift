// SPDX-License-Identifier: Apache-2.0
// A parameter that is a list of texts, or one.
import JackfieldPlugin

/// A list of addresses, numbers, ids or names as people write it: a list, one text, or texts with
/// commas and line breaks between the items. Trimmed, without empties and repeats.
///
/// Commas inside double quotes stay: `"Doe, Ann" <ann@example.com>` is one address.
public struct TextList: Decodable, Sendable, Hashable, ExpressibleByArrayLiteral {
  /// The items, in the order written.
  public let items: [String]

  public init(_ items: [String]) {
    var seen: Set<String> = []
    self.items = items.map(\.trimmed).filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  public init(arrayLiteral elements: String...) { self.init(elements) }

  public init(from decoder: any Decoder) throws {
    let value = try JSONValue(from: decoder)
    guard let parts = Self.parts(of: value) else {
      throw DecodingError.typeMismatch(
        TextList.self,
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "expected a text or a list of texts, found \(value.typeName)"))
    }
    self.init(parts)
  }

  /// The items of a value that holds a list; nil when there is something else in it.
  public static func parts(of value: JSONValue) -> [String]? {
    switch value {
    case .null: return []
    case .text(let text): return split(text)
    case .integer(let integer): return [String(integer)]
    case .number(let number): return [number.text]
    case .boolean, .object: return nil
    case .list(let elements):
      var all: [String] = []
      for element in elements {
        guard let inner = parts(of: element) else { return nil }
        all += inner
      }
      return all
    }
  }

  private static func split(_ text: String) -> [String] {
    let quotes = text.utf8.count { $0 == UInt8(ascii: "\"") }
    let honoursQuotes = quotes.isMultiple(of: 2)
    var isQuoted = false
    var items: [String] = []
    var item = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\"" && honoursQuotes { isQuoted.toggle() }
      if !isQuoted && (scalar == "," || scalar == "\n" || scalar == "\r") {
        items.append(String(item))
        item = String.UnicodeScalarView()
      } else {
        item.append(scalar)
      }
    }
    return items + [String(item)]
  }
}

extension String {
  /// Without white space at both ends.
  public var trimmed: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }
}
