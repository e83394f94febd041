// SPDX-License-Identifier: Apache-2.0
// A second, light walk over a JSON text that is known to be valid: where does a path lead?

import Values

/// Finds byte offsets in valid JSON. Bounded by the text: a text that is not valid after all ends
/// the walk, it never traps.
struct JSONPositionScan {
  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The offset of the value at `path`, or of its key; of the deepest value reached otherwise.
  mutating func offset(of path: [DocumentPath.Element], ofKey: Bool) -> Int {
    at = 0
    skipSpace()
    var found = at
    for (depth, element) in path.enumerated() {
      guard let next = descend(element) else { return found }
      let isLast = depth == path.count - 1
      found = isLast && ofKey ? next.key : next.value
      at = next.value
    }
    return found
  }

  /// Every key that its object names again, in order; nesting below 128 levels.
  mutating func duplicates() -> [DocumentPath] {
    at = 0
    var found: [DocumentPath] = []
    collectDuplicates(DocumentPath(), depth: 0, into: &found)
    return found
  }

  /// The member or element of the value that begins here. The last of equal keys counts, as it
  /// does for the parser.
  private mutating func descend(_ element: DocumentPath.Element) -> (key: Int, value: Int)? {
    guard at < bytes.count else { return nil }
    var found: (key: Int, value: Int)?
    switch (element, bytes[at]) {
    case (.key(let wanted), UInt8(ascii: "{")):
      eachMember { scan, key, keyOffset in
        if key == wanted { found = (keyOffset, scan.at) }
        scan.skipValue()
      }
    case (.index(let wanted), UInt8(ascii: "[")):
      var index = 0
      eachElement { scan in
        if index == wanted { found = (scan.at, scan.at) }
        index += 1
        scan.skipValue()
      }
    default: return nil
    }
    return found
  }

  private mutating func collectDuplicates(
    _ path: DocumentPath, depth: Int, into found: inout [DocumentPath]
  ) {
    skipSpace()
    guard at < bytes.count, depth < 130 else { return }
    switch bytes[at] {
    case UInt8(ascii: "{"):
      var seen: Set<String> = []
      eachMember { scan, key, _ in
        let below = path.appending(key)
        if !seen.insert(key).inserted { found.append(below) }
        scan.collectDuplicates(below, depth: depth + 1, into: &found)
      }
    case UInt8(ascii: "["):
      var index = 0
      eachElement { scan in
        // Long lists are of plain values: those need no path.
        let byte = scan.at < scan.bytes.count ? scan.bytes[scan.at] : 0
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
          scan.collectDuplicates(path.appending(index), depth: depth + 1, into: &found)
        } else {
          scan.skipValue()
        }
        index += 1
      }
    default: skipValue()
    }
  }

  /// Calls `body` at each member's value; `body` moves past the value.
  private mutating func eachMember(_ body: (inout JSONPositionScan, String, Int) -> Void) {
    at += 1
    while true {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { break }
      let keyOffset = at
      skipText()
      let key = decode(keyOffset..<at)
      skipSpace()
      at += 1
      skipSpace()
      body(&self, key, keyOffset)
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: ",") else { break }
      at += 1
    }
    at = min(at + 1, bytes.count)
  }

  /// Calls `body` at each element; `body` moves past it.
  private mutating func eachElement(_ body: (inout JSONPositionScan) -> Void) {
    at += 1
    while true {
      skipSpace()
      guard at < bytes.count, bytes[at] != UInt8(ascii: "]") else { break }
      let before = at
      body(&self)
      guard at > before else { break }
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: ",") else { break }
      at += 1
    }
    at = min(at + 1, bytes.count)
  }

  private mutating func skipSpace() {
    while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
  }

  /// Past a text, from its opening quote.
  private mutating func skipText() {
    at += 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    at = min(at + 1, bytes.count)
  }

  /// Past one value: counts brackets, so nesting costs no stack.
  private mutating func skipValue() {
    var depth = 0
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        skipText()
        if depth == 0 { return }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        depth -= 1
        at += 1
        if depth == 0 { return }
      case UInt8(ascii: ","):
        if depth == 0 { return }
        at += 1
      default: at += 1
      }
    }
  }

  /// A key's text; the parser undoes the escapes.
  private func decode(_ range: Range<Int>) -> String {
    let raw = bytes[range]
    if raw.contains(UInt8(ascii: "\\")), let value = try? JSONValue(parsing: Array(raw)) {
      return value.asText ?? ""
    }
    return String(decoding: raw.dropFirst().dropLast(), as: UTF8.self)
  }
}
