// SPDX-License-Identifier: Apache-2.0
// Bringing rendered values to the types a schema wants, where that loses nothing.

import Values

extension JSONSchema {
  /// A coerced value and what the run view should say about it.
  package struct Coercion: Sendable, Hashable {
    package var value: JSONValue
    /// In plain words: elements that dropped out.
    package var notes: [String]
  }

  /// The value with everything brought to the schema's types that can be exactly, and the rest as
  /// it is, for `validate` to name.
  ///
  /// - `"12"`, `12.0` and `"1.2e1"` become 12 where an integer is wanted, `"1.50"` becomes the
  ///   number 1.50, `"true"` becomes true, 12 becomes `"12"` where a text is wanted
  /// - one value becomes a list of one where a list is wanted; a list inside a list is flattened
  ///   where its elements are not lists
  /// - a text in a list of e-mail addresses, phone numbers or references is split at commas and
  ///   line breaks; the parts are trimmed, empty and repeated ones dropped
  /// - an optional member that is null or an empty text is dropped, then defaults are applied
  /// - an object in a list whose required member is empty drops out of the list
  /// - a deferred member that still holds attributes stays as it is
  package func coerce(_ value: JSONValue) -> JSONValue { coercion(of: value).value }

  /// As `coerce`, with the notes.
  package func coercion(of value: JSONValue) -> Coercion {
    var notes: [String] = []
    let value = coerced(value, "", &notes)
    return Coercion(value: value, notes: notes)
  }
}

extension JSONSchema {
  private func coerced(_ value: JSONValue, _ path: String, _ notes: inout [String]) -> JSONValue {
    if isDeferred, value.holdsTemplate { return value }
    var value = exactly(value)
    if wantsList, value.asList == nil, !value.isNull { value = .list([value]) }
    switch value {
    case .list(let list):
      guard let items else { return value }
      return .list(items.coerced(elements: list, path, &notes))
    case .object(let object):
      value = .object(coerced(members: object, path, &notes))
      guard let branches else { return value }
      return branches.selected(by: value)?.coerced(value, path, &notes) ?? value
    default: return value
    }
  }

  /// A list is wanted and nothing else would do.
  private var wantsList: Bool { types.contains(.array) && types.subtracting([.null]).count == 1 }

  /// A scalar as one of the wanted types, if it is exactly that.
  private func exactly(_ value: JSONValue) -> JSONValue {
    if types.isEmpty || types.contains(where: { $0.allows(value) }) { return value }
    switch value {
    case .text(let text):
      if types.contains(.integer) || types.contains(.number),
        let number = JSONValue(numberText: text)
      {
        if let integer = number.exactInteger, types.contains(.integer) { return .integer(integer) }
        if types.contains(.number) { return number }
      }
      if types.contains(.boolean), text == "true" || text == "false" {
        return .boolean(text == "true")
      }
    case .number(let number):
      if types.contains(.integer), let integer = number.exactInteger { return .integer(integer) }
      if types.contains(.string) { return .text(number.text) }
    case .integer, .boolean:
      if types.contains(.string) { return .text(value.json) }
    default: break
    }
    return value
  }

  private func coerced(
    members object: JSONObject, _ path: String, _ notes: inout [String]
  ) -> JSONObject {
    var result = JSONObject()
    result.reserveCapacity(object.count)
    for (name, value) in object {
      if let property = properties[name] {
        if !isRequired(name), value == "" || value.isNull && !property.allowsNull { continue }
        result[name] = property.coerced(value, SchemaPath.member(name, of: path), &notes)
      } else if case .matching(let additional) = additional, self.property(named: name) == nil {
        result[name] = additional.coerced(value, SchemaPath.member(name, of: path), &notes)
      } else {
        result[name] = value
      }
    }
    for name in propertyNames where result[name] == nil {
      if let value = properties[name]?.defaultValue { result[name] = value }
    }
    return result
  }

  /// `self` is the schema of one element.
  private func coerced(
    elements list: [JSONValue], _ path: String, _ notes: inout [String]
  ) -> [JSONValue] {
    var result: [JSONValue] = []
    for (index, element) in flattened(list).enumerated() {
      let place = "\(path)[\(index)]"
      if let name = emptyRequiredName(element) {
        notes.append("\(place) dropped out: \(SchemaPath.member(name, of: place)) is empty")
      } else {
        result.append(coerced(element, place, &notes))
      }
    }
    guard isAddress else { return result }
    var seen: Set<JSONValue> = []
    return result.filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  private func flattened(_ list: [JSONValue]) -> [JSONValue] {
    let takesLists = types.isEmpty || types.contains(.array)
    let flat = takesLists ? list : list.flatMap { $0.asList ?? [$0] }
    return isAddress ? flat.flatMap(Self.split) : flat
  }

  /// Addresses, numbers, ids and names: texts that never hold a comma.
  private var isAddress: Bool {
    types == [.string] && (format == .email || format == .phone || reference != nil)
  }

  private static func split(_ value: JSONValue) -> [JSONValue] {
    guard case .text(let text) = value else { return [value] }
    return text.unicodeScalars.split { $0 == "," || $0 == "\n" || $0 == "\r" }.map { part in
      let trimmed = part.drop(while: \.properties.isWhitespace)
      let end = trimmed.lastIndex { !$0.properties.isWhitespace }
      return .text(end.map { String(trimmed[...$0]) } ?? "")
    }
  }

  /// The first required member of an object that is there and empty.
  private func emptyRequiredName(_ element: JSONValue) -> String? {
    guard let object = element.asObject else { return nil }
    return required.first { name in
      guard let value = object[name] else { return false }
      return value == "" || value.isNull && properties[name]?.allowsNull == false
    }
  }
}
