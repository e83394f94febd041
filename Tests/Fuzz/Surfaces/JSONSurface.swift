// SPDX-License-Identifier: Apache-2.0
// JSON text: parser, tape, writer and builder.
import Foundation
import Values

extension Surface {
  static let json = Surface(
    name: "json",
    summary: "JSON text: value, tape and builder agree, and what is written reads back the same",
    mostBytes: 4_096,
    words: [
      "true", "false", "null", "\\u0000", "\\ud83d\\ude00", "\\\"", "{\"a\":", "[[", "]]",
      "1e", "-0", "9223372036854775808", "\u{FEFF}",
    ],
    examine: { (input) throws(BrokenProperty) in
      let value: JSONValue
      do throws(JSONError) {
        value = try JSONValue(parsing: input)
      } catch {
        return try examineRefusal(error, of: input)
      }
      let tape = try expect("a tape takes what a value takes") { try JSONTape(parsing: input) }
      try require(tape.value == value, "value and tape say the same")
      let bytes = value.jsonBytes
      let again = try expect("what is written can be read") { try JSONValue(parsing: bytes) }
      try require(again == value, "what is written reads back equal")
      try require(again.jsonBytes == bytes, "the second time the same bytes are written")
      let pretty = try expect("pretty text can be read") {
        try JSONValue(parsing: value.prettyJSON)
      }
      try require(pretty == value, "pretty text reads back equal")
      let built = try expect("a builder takes text and tape") {
        let builder = JSONBuilder()
        builder.listBegin()
        builder.json(bytes)
        tape.withRoot { builder.copy($0) }
        builder.end()
        return try JSONValue(parsing: builder.finish())
      }
      try require(built == .list([value, value]), "a builder copies what it is given")
      try require(FoundationJSON.accepts(input, value), "Foundation reads it too")
    })

  private static func examineRefusal(
    _ error: JSONError, of input: [UInt8]
  ) throws(BrokenProperty) {
    try require((0...input.count).contains(error.offset), "an error is inside the text")
    try require(error.line >= 1 && error.column >= 1, "an error has a line and a column")
    try require(error.reason.isFitForTerminal, "a reason holds no control character")
    let tape = Result { () throws(JSONError) in try JSONTape(parsing: input) }
    guard case .failure(error) = tape else {
      throw BrokenProperty("does not hold: a tape refuses what a value refuses, and why")
    }
    try require(FoundationJSON.refuses(input, error), "Foundation refuses it too: \(error.code)")
  }
}

/// Foundation as the judge of what JSON is, where its rules are ours.
private enum FoundationJSON {
  static func reads(_ input: [UInt8]) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)) != nil
  }

  /// Not asked about a number beyond a double's range, which we keep as text.
  static func accepts(_ input: [UInt8], _ value: JSONValue) -> Bool {
    holdsHugeNumber(value) || reads(input)
  }

  /// What Foundation takes and we do not: a comma before a closing bracket, a byte order mark,
  /// UTF-16 and UTF-32 (it guesses them by zero bytes), and more levels and values than our limits.
  static func refuses(_ input: [UInt8], _ error: JSONError) -> Bool {
    let ours: Set<String> = ["byte_order_mark", "too_deep", "too_many_values"]
    return ours.contains(error.code) || input.prefix(4).contains(0) || input.starts(with: [0xFF])
      || input.starts(with: [0xFE]) || isAfterComma(input, error.offset) || !reads(input)
  }

  private static func isAfterComma(_ input: [UInt8], _ offset: Int) -> Bool {
    guard offset < input.count, [0x5D, 0x7D].contains(input[offset]) else { return false }
    return input[..<offset].last { ![0x20, 0x0A, 0x0D, 0x09].contains($0) } == 0x2C
  }

  private static func holdsHugeNumber(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let number): number.value.isInfinite
    case .list(let list): list.contains(where: holdsHugeNumber)
    case .object(let object): object.contains { holdsHugeNumber($0.value) }
    default: false
    }
  }
}
