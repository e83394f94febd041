// SPDX-License-Identifier: Apache-2.0
// Properties over random values, and mutated texts that must never crash.

import Testing
import Values

struct RoundTripTests {
  @Test(arguments: [1, 2, 3, 5, 8] as [UInt64])
  func `what is written reads back equal, through value, tape and builder`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let value = generator.value()
      let bytes = value.jsonBytes
      #expect(try JSONValue(parsing: bytes) == value)
      #expect(try JSONValue(parsing: value.prettyJSON) == value)
      var appended: [UInt8] = [0x20]
      value.write(into: &appended)
      #expect(appended == [0x20] + bytes)
      let tape = try JSONTape(parsing: bytes)
      #expect(tape.value == value)
      #expect(tape.jsonBytes == bytes)
      let builder = JSONBuilder()
      builder.listBegin()
      tape.withRoot { builder.copy($0) }
      builder.copy(value)
      builder.json(bytes)
      builder.end()
      #expect(try JSONValue(parsing: builder.finish()) == .list([value, value, value]))
    }
  }

  @Test(arguments: [11, 12, 13, 14] as [UInt64])
  func `mutated texts are read or refused, alike by value and tape`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let pieces = Array("{}[]\",:\\u0d8eE+-.truefalsn \n\0".utf8) + [0x80, 0xC3, 0xED, 0xF4, 0xFF]
    for _ in 0..<1_500 {
      var bytes = generator.value().jsonBytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let at = Int.random(in: 0...bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes.insert(pieces[Int.random(in: 0..<pieces.count, using: &generator)], at: at)
        case 1 where at < bytes.count: bytes.remove(at: at)
        case 2 where at < bytes.count:
          bytes[at] = pieces[Int.random(in: 0..<pieces.count, using: &generator)]
        default: bytes.removeSubrange(at...)
        }
      }
      let value = Result { try JSONValue(parsing: bytes) }
      let tape = Result { try JSONTape(parsing: bytes) }
      switch (value, tape) {
      case (.success(let value), .success(let tape)):
        #expect(tape.value == value)
        #expect(try JSONValue(parsing: value.jsonBytes) == value)
      case (.failure(let a as JSONError), .failure(let b as JSONError)): #expect(a == b)
      default: Issue.record("value and tape disagree about \(bytes)")
      }
    }
  }

  @Test func `every cut of a text is refused`() throws {
    let text = #"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00é",true,null,{}],"b":{"c":[[]]}}"#
    let bytes = Array(text.utf8)
    _ = try JSONValue(parsing: bytes)
    for count in 0..<bytes.count {
      #expect(throws: JSONError.self) { try JSONValue(parsing: Array(bytes[..<count])) }
    }
  }
}
