// SPDX-License-Identifier: Apache-2.0
// Writing the ids that a document leaves out, into the author's own text.

import Values

extension Connector {
  /// The text of a document with an id for every step and component that has none; everything
  /// else stays as it was written. A second time changes nothing.
  package static func format(_ document: JSONDocument) -> String {
    var writing = IDWriting(document: document)
    writing.collect()
    return writing.text
  }
}

/// Finds what has no id, names it, and inserts the names.
private struct IDWriting {
  let document: JSONDocument
  private var taken: Set<String> = []
  private var missing: [(path: DocumentPath, name: String)] = []

  init(document: JSONDocument) { self.document = document }

  mutating func collect() {
    let steps = DocumentPath([.key("steps")])
    let list = document.value(at: steps)?.asList ?? []
    for index in list.indices { gatherIDs(steps.appending(index)) }
    for (index, step) in list.enumerated() {
      let path = steps.appending(index)
      name(path, step["title"]?.asText ?? "step_\(index + 1)")
      for (inner, component) in (step["components"]?.asList ?? []).enumerated() {
        visit(component, path.appending("components").appending(inner))
      }
    }
  }

  /// The ids that are written already, anywhere inside.
  private mutating func gatherIDs(_ path: DocumentPath) {
    guard let value = document.value(at: path) else { return }
    if let id = value["id"]?.asText { taken.insert(id) }
    for index in (value["components"]?.asList ?? []).indices {
      let component = path.appending("components").appending(index)
      for kind in Component.kinds { gatherIDs(component.appending(kind)) }
    }
    for index in (value["fallback"]?.asList ?? []).indices {
      gatherIDs(path.appending("fallback").appending(index).appending("do").appending("action"))
    }
  }

  private mutating func visit(_ component: JSONValue, _ path: DocumentPath) {
    guard let kind = Component.kinds.first(where: { component[$0] != nil }),
      let value = component[kind]
    else { return }
    let place = path.appending(kind)
    switch kind {
    case "action": visitAction(value, place)
    case "format": name(place, value["save"]?.asText ?? kind)
    default: name(place, value["title"]?.asText ?? kind)
    }
  }

  private mutating func visitAction(_ action: JSONValue, _ path: DocumentPath) {
    let use = action["use"]?.asText?.split(separator: ".").last.map(String.init)
    name(path, use ?? "action")
    for (index, rule) in (action["fallback"]?.asList ?? []).enumerated() {
      guard let inner = rule["do"]?["action"] else { continue }
      visitAction(
        inner, path.appending("fallback").appending(index).appending("do").appending("action"))
    }
  }

  /// Gives an object a name if it has none.
  private mutating func name(_ path: DocumentPath, _ wish: String) {
    guard let object = document.value(at: path)?.asObject, object["id"] == nil else { return }
    let base = IDWriting.slug(wish)
    var name = base
    var number = 2
    while taken.contains(name) {
      name = "\(base)_\(number)"
      number += 1
    }
    taken.insert(name)
    missing.append((path, name))
  }

  /// A wish as an id: lower-case letters, digits and `_`, with room for a number.
  private static func slug(_ wish: String) -> String {
    var name = ""
    for scalar in wish.lowercased().unicodeScalars {
      let isWord = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
      if isWord {
        name.unicodeScalars.append(scalar)
      } else if !name.isEmpty, name.last != "_" {
        name += "_"
      }
      if name.utf8.count == 40 { break }
    }
    while name.last == "_" { name.removeLast() }
    guard let first = name.unicodeScalars.first, ("a"..."z").contains(first) else {
      return name.isEmpty ? "step" : "n" + name
    }
    return name
  }

  /// The source with the names put in as first members, each on a line of its own where the
  /// object's members are.
  var text: String {
    var bytes = document.source
    let edits = missing.map { (offset(of: $0.path), $0.name) }.sorted { $0.0 > $1.0 }
    for (brace, name) in edits {
      var first = brace + 1
      while first < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[first]) { first += 1 }
      let space = Array(bytes[(brace + 1)..<first])
      let isEmpty = first < bytes.count && bytes[first] == UInt8(ascii: "}")
      let between = space.contains(0x0A) ? space : [0x20]
      let member = Array("\"id\": \"\(name)\"".utf8)
      bytes.insert(contentsOf: member + (isEmpty ? [] : [UInt8(ascii: ",")] + between), at: first)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func offset(of path: DocumentPath) -> Int {
    var scan = JSONPositionScan(document.source)
    return scan.offset(of: path.elements, ofKey: false)
  }
}
