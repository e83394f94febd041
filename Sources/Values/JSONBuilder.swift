// SPDX-License-Identifier: Apache-2.0
// JSON text made piece by piece, behind the builder functions of the C interface.

/// Builds one JSON value. The first mistake marks the builder: later calls do nothing and `finish`
/// throws it, so one check at the end is enough. What `finish` gives is always valid JSON.
///
/// **Isolation**: one thread at a time.
public final class JSONBuilder {
  private enum Place {
    /// Nothing written yet, or everything.
    case outside
    case list
    /// In an object, a name or the end comes next.
    case object
    /// In an object behind a name, its value comes next.
    case member
  }

  private var out = ByteBuffer()
  private var outer: [Place] = []
  private var place = Place.outside
  private var needsComma = false
  private let limits: JSONLimits

  /// The first mistake; nil while all is well.
  public private(set) var mistake: JSONError?

  public init(limits: JSONLimits = .standard) { self.limits = limits }

  /// How much is written. **Unit**: bytes
  public var count: Int { out.count }

  public func objectBegin() { open(0x7B, .object) }
  public func listBegin() { open(0x5B, .list) }

  /// Closes the innermost open object or list.
  public func end() {
    guard mistake == nil else { return }
    switch place {
    case .outside: return mark("unbalanced_end", "an end without an open object or list")
    case .member:
      return mark("key_without_value", "an object ends behind a key: its value is missing")
    case .list: out.append(0x5D)
    case .object: out.append(0x7D)
    }
    place = outer.popLast() ?? .outside
    needsComma = true
  }

  /// The name of the next member. Bytes that are no UTF-8 mark the builder.
  public func key(_ name: UnsafeBufferPointer<UInt8>) {
    guard mistake == nil else { return }
    switch place {
    case .object: break
    case .member:
      return mark("key_without_value", "a key after a key: the value between is missing")
    case .list, .outside:
      return mark("key_outside_object", "a key that is not directly in an object")
    }
    guard isText(name) else { return }
    if needsComma { out.append(0x2C) }
    JSONWriter.write(text: name, into: &out)
    out.append(0x3A)
    needsComma = false
    place = .member
    checkSize()
  }

  public func null() {
    guard begin() else { return }
    out.append("null")
    done()
  }

  public func boolean(_ truth: Bool) {
    guard begin() else { return }
    out.append(truth ? "true" : "false")
    done()
  }

  public func integer(_ integer: Int64) {
    guard begin() else { return }
    JSONWriter.write(integer, into: &out)
    done()
  }

  /// NaN and the infinities mark the builder.
  public func number(_ number: Double) {
    guard mistake == nil else { return }
    guard let text = JSONNumber(number)?.text else {
      return mark("not_finite", "a number that is not finite has no JSON form")
    }
    guard begin() else { return }
    text.withBytes { out.append($0) }
    done()
  }

  /// Bytes that are no UTF-8 mark the builder.
  public func text(_ text: UnsafeBufferPointer<UInt8>) {
    guard mistake == nil, isText(text), begin() else { return }
    JSONWriter.write(text: text, into: &out)
    done()
  }

  /// A copy of a whole value of a tape.
  public func copy(_ value: UnsafePointer<JSONTape.Node>) {
    guard mistake == nil else { return }
    add(checked: value.jsonBytes)
  }

  /// A copy of a whole value.
  public func copy(_ value: JSONValue) {
    guard mistake == nil else { return }
    add(checked: value.jsonBytes)
  }

  /// A value written as JSON text. Text that does not parse marks the builder.
  public func json(_ text: UnsafeBufferPointer<UInt8>) {
    guard mistake == nil else { return }
    add(text)
  }

  /// The JSON text. The builder is used up: it is empty again or keeps its mistake.
  /// **Throws**: the first mistake, or `unfinished` where something is still open or missing
  public func finish() throws(JSONError) -> [UInt8] {
    if mistake == nil {
      if place != .outside {
        mark("unfinished", "\(outer.count) open at the finish: an end is missing for each")
      } else if out.count == 0 {
        mark("unfinished", "nothing was built: a value is wanted")
      }
    }
    if let mistake { throw mistake }
    defer {
      out.removeAll()
      needsComma = false
    }
    return Array(out.view)
  }

  /// Marks the builder with a mistake of the caller's own.
  public func fail(code: String, reason: String) {
    if mistake == nil { mark(code, reason) }
  }
}

extension JSONBuilder {
  public func key(_ name: String) { name.withBytes { key($0) } }
  public func text(_ text: String) { text.withBytes { self.text($0) } }
  public func json(_ text: [UInt8]) { text.withUnsafeBufferPointer { json($0) } }
}

extension JSONBuilder {
  private func mark(_ code: String, _ reason: String) { mistake = JSONError(code, reason) }

  /// Whether a value may stand here; writes the comma before it.
  private func begin() -> Bool {
    guard mistake == nil else { return false }
    switch place {
    case .object: mark("value_without_key", "a value in an object without a key before it")
    case .outside where out.count > 0: mark("second_value", "a second value behind the first")
    case .list:
      if needsComma { out.append(0x2C) }
      return true
    case .outside, .member: return true
    }
    return false
  }

  private func done() {
    if place == .member { place = .object }
    needsComma = true
    checkSize()
  }

  private func open(_ byte: UInt8, _ inside: Place) {
    guard begin() else { return }
    if outer.count >= limits.depth {
      return mark("too_deep", "more than \(limits.depth) lists and objects open: flatten it")
    }
    out.append(byte)
    // Where the container ends, its place behaves as behind a value.
    outer.append(place == .member ? .object : place)
    place = inside
    needsComma = false
    checkSize()
  }

  private func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    // Before the look at every byte: a text over the limit is refused anyway.
    if bytes.count > limits.bytes {
      tooLarge()
      return false
    }
    guard let offset = UTF8Scan.firstInvalid(in: bytes) else { return true }
    mark("invalid_utf8", "byte \(offset) of a text of \(bytes.count) bytes is not UTF-8")
    return false
  }

  private func checkSize() { if out.count > limits.bytes { tooLarge() } }

  private func tooLarge() {
    mark("too_large", "the value is over \(limits.bytes) bytes: give less at once")
    out.removeAll()
  }

  private func add(checked json: [UInt8]) { json.withUnsafeBufferPointer { add($0) } }

  /// Checks a JSON text with the depth that is left here, and writes it.
  private func add(_ json: UnsafeBufferPointer<UInt8>) {
    var inner = limits
    inner.depth -= outer.count
    var parser = JSONParser(UnsafeRawBufferPointer(json), limits: inner)
    var sink = JSONCheckSink()
    do throws(JSONError) {
      try parser.parse(into: &sink)
    } catch {
      mistake = error
      return
    }
    guard begin() else { return }
    out.append(json)
    done()
  }
}
