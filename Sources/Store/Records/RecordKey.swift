// SPDX-License-Identifier: Apache-2.0
// Values as keys of the index and unique tables.

import Pipeline
// The only normalisation there is without Foundation; texts compare by canonical equivalence.
@_spi(_Unicode) import Swift
import Values

/// Keys of values. An index key may be shared by values that differ, as it only narrows what the
/// filter then decides; it must never differ where the filter says equal.
enum RecordKey {
  /// The key of one value in `record_index`; nil for values that no equality narrows.
  ///
  /// What reads as a number is keyed as one, so that `12`, `"12"` and `12.0` meet; texts without
  /// case and white space at the ends.
  static func indexKey(_ value: JSONValue) -> String? {
    switch value {
    case .null, .object, .list: nil
    case .boolean(let truth): truth ? "ttrue" : "tfalse"
    case .integer(let integer): "n" + numberKey(Double(integer))
    case .number(let number): number.value.isFinite ? "n" + numberKey(number.value) : nil
    case .text(let text): indexKey(text: text)
    }
  }

  /// The keys of a field: of each element where it is a list.
  static func indexKeys(_ value: JSONValue?) -> [String] {
    switch value {
    case .list(let list):
      Array(Set(list.prefix(StoreLimits.indexedEntries).compactMap { indexKey($0) }))
    case .some(let value): indexKey(value).map { [$0] } ?? []
    case nil: []
    }
  }

  /// The part of a unique key that one field gives; nil where the field is missing or empty, and
  /// the key is then not held to be unique.
  static func uniquePart(_ value: JSONValue?, folds: Bool) -> JSONValue? {
    switch value {
    case nil, .null: nil
    case .text(let text):
      text.isEmpty ? nil : .text(normalised(folds ? trimmed(text).lowercased() : text))
    case .number(let number):
      Int64(exactly: number.value).map { .integer($0) } ?? .text("n" + numberKey(number.value))
    case .some(let value): value
    }
  }

  private static func indexKey(text: String) -> String? {
    let text = trimmed(text)
    if text.isEmpty { return nil }
    if let number = plainNumber(text) { return "n" + numberKey(number) }
    let key = normalised(text.lowercased())
    return "t" + String(decoding: key.utf8.prefix(StoreLimits.indexedBytes), as: UTF8.self)
  }

  /// As conditions read numbers: digits, signs, point and exponent only.
  private static func plainNumber(_ text: String) -> Double? {
    let isPlain = text.utf8.allSatisfy {
      (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0)
    }
    guard isPlain, let number = Double(text), number.isFinite else { return nil }
    return number
  }

  /// Adding zero makes `-0` and `0` one.
  private static func numberKey(_ number: Double) -> String { (number + 0).description }

  private static func normalised(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text._nfc)
    return String(scalars)
  }

  private static func trimmed(_ text: String) -> String {
    if let first = text.utf8.first, let last = text.utf8.last, (0x21..<0x80).contains(first),
      (0x21..<0x80).contains(last)
    {
      return text
    }
    var rest = Substring(text)
    while let first = rest.unicodeScalars.first, first.properties.isWhitespace {
      rest.unicodeScalars.removeFirst()
    }
    while let last = rest.unicodeScalars.last, last.properties.isWhitespace {
      rest.unicodeScalars.removeLast()
    }
    return String(rest)
  }
}
