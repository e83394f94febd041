// SPDX-License-Identifier: Apache-2.0
// The parser of templates and paths.

/// A cursor over a template's bytes. An expression is parsed, never searched for its closing
/// braces: a string literal may contain them.
struct TemplateScanner {
  private let source: UnsafeBufferPointer<UInt8>
  private var at = 0
  /// Up to where scalars have been counted, and how many there were: counting each place from the
  /// start took quadratic time.
  private var counted = (bytes: 0, scalars: 0)

  init(_ source: UnsafeBufferPointer<UInt8>) { self.source = source }

  var isAtEnd: Bool { at == source.count }

  mutating func template() throws(TemplateError) -> [Template.Part] {
    if source.count > TemplateLimits.bytes {
      throw failure(
        "too_large",
        "the template has \(source.count) bytes, at most \(TemplateLimits.bytes) are allowed")
    }
    var parts: [Template.Part] = []
    var textStart = 0
    while !isAtEnd {
      guard isOpening else {
        at += 1
        continue
      }
      append(textStart, to: &parts)
      parts.append(.expression(try expression()))
      textStart = at
    }
    append(textStart, to: &parts)
    return parts
  }

  private func append(_ textStart: Int, to parts: inout [Template.Part]) {
    if textStart < at {
      parts.append(.text(String(decoding: source[textStart..<at], as: UTF8.self)))
    }
  }

  private mutating func expression() throws(TemplateError) -> Template.Expression {
    let opening = at
    let offset = countedScalars()
    at += 2
    skipSpace()
    if isClosing { throw failure("empty_expression", "nothing between {{ and }}", opening) }
    let operand = try operand(opening)
    var formatters: [Template.FormatterUse] = []
    skipSpace()
    while byte == 0x7C {
      if formatters.count == TemplateLimits.formatters {
        throw failure(
          "too_large", "more than \(TemplateLimits.formatters) formatters in one expression")
      }
      at += 1
      formatters.append(try formatter(opening))
      skipSpace()
    }
    guard isClosing else {
      if isAtEnd || isOpening || byte == 0x7D { throw unclosed(opening) }
      throw failure("unexpected_character", "\(shown()) where | or }} is wanted")
    }
    at += 2
    return Template.Expression(
      operand: operand, formatters: formatters, offset: offset)
  }

  private mutating func formatter(_ opening: Int) throws(TemplateError) -> Template.FormatterUse {
    skipSpace()
    let offset = countedScalars()
    if isAtEnd { throw unclosed(opening) }
    guard let byte, Self.beginsName(byte) else {
      throw failure("bad_formatter", "\(shown()) where a formatter's name is wanted")
    }
    let name = name()
    var arguments: [Template.Operand] = []
    skipSpace()
    if self.byte == 0x3A {
      repeat {
        at += 1
        skipSpace()
        arguments.append(try operand(opening))
        skipSpace()
      } while self.byte == 0x2C
    }
    return Template.FormatterUse(name: name, arguments: arguments, offset: offset)
  }

  /// A path, or a JSON literal; `true`, `false` and `null` are literals.
  private mutating func operand(_ opening: Int) throws(TemplateError) -> Template.Operand {
    guard let byte else { throw unclosed(opening) }
    switch byte {
    case 0x22, 0x2D, 0x30...0x39, 0x5B, 0x7B: return .literal(try literal(opening))
    case _ where Self.beginsName(byte):
      let path = try path()
      guard path.segments.isEmpty else { return .path(path) }
      switch path.root {
      case "true": return .literal(.boolean(true))
      case "false": return .literal(.boolean(false))
      case "null": return .literal(.null)
      default: return .path(path)
      }
    default:
      throw failure("unexpected_character", "\(shown()) where a path or a literal is wanted")
    }
  }

  private mutating func literal(_ opening: Int) throws(TemplateError) -> JSONValue {
    let rest = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: source[at...]))
    var sink = JSONValueSink()
    var parser = JSONParser(rest, limits: JSONLimits(depth: TemplateLimits.depth))
    do throws(JSONError) {
      try parser.parseValue(into: &sink)
    } catch {
      if error.code == "unexpected_end" { throw unclosed(opening) }
      throw failure("bad_literal", error.reason, at + error.offset)
    }
    at += parser.offset
    return sink.root
  }

  mutating func path() throws(TemplateError) -> AttributePath {
    guard let byte, Self.beginsName(byte) else {
      throw failure("bad_path", "\(shown()) where a name is wanted")
    }
    let root = name()
    var segments: [AttributePath.Segment] = []
    while self.byte == 0x2E || self.byte == 0x5B {
      if segments.count == TemplateLimits.segments {
        throw failure("too_large", "a path of more than \(TemplateLimits.segments) parts")
      }
      segments.append(try self.byte == 0x2E ? member() : bracket())
    }
    return AttributePath(root: root, segments: segments)
  }

  private mutating func member() throws(TemplateError) -> AttributePath.Segment {
    at += 1
    guard let byte, Self.beginsName(byte) else {
      let hint = byte.map(Self.continuesName) == true ? ": write it as [\"…\"] or [0]" : ""
      throw failure("bad_path", "\(shown()) where a name is wanted after the point\(hint)")
    }
    return .name(name())
  }

  private mutating func bracket() throws(TemplateError) -> AttributePath.Segment {
    let opening = at
    at += 1
    skipSpace()
    guard let byte, byte == 0x22 || byte == 0x2D || (0x30...0x39).contains(byte) else {
      throw failure("bad_path", "\(shown()) in brackets where \"name\" or a whole number is wanted")
    }
    let inner = try literal(opening)
    skipSpace()
    guard self.byte == 0x5D else {
      throw failure("bad_path", "\(shown()) where a closing ] is wanted")
    }
    at += 1
    switch inner {
    case .text(let name): return .name(name)
    case .integer(let index):
      if let index = Int(exactly: index) { return .index(index) }
      fallthrough
    default: throw failure("bad_path", "the brackets hold no name and no whole number", opening)
    }
  }
}

extension TemplateScanner {
  private var byte: UInt8? { at < source.count ? source[at] : nil }
  private var isOpening: Bool { stands(0x7B) }
  private var isClosing: Bool { stands(0x7D) }

  private func stands(_ twice: UInt8) -> Bool {
    at + 1 < source.count && source[at] == twice && source[at + 1] == twice
  }

  static func beginsName(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F
  }

  static func continuesName(_ byte: UInt8) -> Bool {
    beginsName(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
  }

  private mutating func name() -> String {
    let start = at
    while let byte, Self.continuesName(byte) { at += 1 }
    return String(decoding: source[start..<at], as: UTF8.self)
  }

  private mutating func skipSpace() {
    while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  func shown() -> String { JSONError.shown(at: at, in: source) }

  /// How many scalars stand before the cursor, which only moves on.
  private mutating func countedScalars() -> Int {
    counted.scalars += source[counted.bytes..<at].reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
    counted.bytes = at
    return counted.scalars
  }

  private func scalars(before offset: Int) -> Int {
    source[..<offset].reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
  }

  func failure(_ code: String, _ reason: String, _ offset: Int? = nil) -> TemplateError {
    TemplateError(code: code, reason: reason, offset: scalars(before: offset ?? at))
  }

  private func unclosed(_ opening: Int) -> TemplateError {
    failure("unclosed_expression", "unclosed {{", opening)
  }
}

/// What one template may cost.
enum TemplateLimits {
  /// A mail body is the longest thing anybody writes as a template. **Unit**: bytes.
  static let bytes = 1 << 20
  /// Nesting of a JSON literal.
  static let depth = 32
  /// Of one expression: each may copy its input; the longest useful chain has five.
  static let formatters = 20
  /// Of one path; no deeper value can be parsed.
  static let segments = 128
  /// A rendered text is a payload and bounded like one. **Unit**: bytes.
  static let rendered = JSONLimits.standard.bytes
}
