// SPDX-License-Identifier: Apache-2.0
// The JSON value: what flows between steps, plugins and the store.

/// Any JSON value.
///
/// Equality is exact: an integer never equals a number, numbers are equal when their text is, and
/// objects are equal whatever the order of their members.
public enum JSONValue: Sendable, Hashable {
  case null
  case boolean(Bool)
  /// A number written as an integer that fits.
  case integer(Int64)
  /// Any other number, as written.
  case number(JSONNumber)
  case text(String)
  case list([JSONValue])
  case object(JSONObject)
}

extension JSONValue {
  /// Parses a whole JSON text.
  /// **Throws**: where and why the text is refused
  public init(
    parsing source: UnsafeRawBufferPointer, limits: JSONLimits = .standard
  ) throws(JSONError) {
    var sink = JSONValueSink()
    var parser = JSONParser(source, limits: limits)
    try parser.parse(into: &sink)
    self = sink.root
  }

  public init(parsing source: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    let outcome = source.withUnsafeBytes { bytes in
      Result { () throws(JSONError) in try JSONValue(parsing: bytes, limits: limits) }
    }
    self = try outcome.get()
  }

  public init(parsing source: String, limits: JSONLimits = .standard) throws(JSONError) {
    self = try source.withBytes { bytes throws(JSONError) in
      try JSONValue(parsing: UnsafeRawBufferPointer(bytes), limits: limits)
    }
  }
}

extension JSONValue {
  /// Compact JSON, members in their order.
  public var json: String {
    var buffer = ByteBuffer()
    JSONWriter.write(self, into: &buffer)
    return String(decoding: buffer.view, as: UTF8.self)
  }

  /// **Unit**: UTF-8
  public var jsonBytes: [UInt8] {
    var buffer = ByteBuffer()
    JSONWriter.write(self, into: &buffer)
    return Array(buffer.view)
  }

  /// Appends compact JSON.
  public func write(into bytes: inout [UInt8]) {
    var buffer = ByteBuffer()
    JSONWriter.write(self, into: &buffer)
    bytes.append(contentsOf: buffer.view)
  }

  /// For people: two spaces a level, one member a line, no final line break.
  public var prettyJSON: String {
    var buffer = ByteBuffer()
    JSONWriter.write(self, into: &buffer, pretty: true)
    return String(decoding: buffer.view, as: UTF8.self)
  }
}

extension JSONValue: CustomStringConvertible {
  public var description: String { json }
}
