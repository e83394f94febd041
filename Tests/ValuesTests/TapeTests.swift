// SPDX-License-Identifier: Apache-2.0
// The tape's accessors, as the C interface promises them.

import Testing
import Values

struct TapeTests {
  let tape: JSONTape

  init() throws {
    tape = try JSONTape(
      parsing: Array(
        #" {"a":1,"list":[10,"x\n",[],{"k":true}],"big":1.50,"a":2,"e\u0301":{},"n":null} "#.utf8))
  }

  private func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  @Test func `members are found by name, the last where one stands twice`() throws {
    #expect(tape.root.type == .object && tape.root.count == 6)
    #expect(tape.root.child("a")?.integer == 2)
    #expect(tape.root.child("big")?.number == 1.5)
    #expect(tape.root.child("e\u{301}")?.count == 0)
    #expect(tape.root.child("missing") == nil)
    #expect(tape.root.child("a")?.child("a") == nil)
    #expect(tape.root.child("list")?.child("k") == nil)
  }

  @Test func `elements are walked in the order written`() throws {
    var names: [String] = []
    var member = tape.root.first
    while let current = member {
      names.append(text(current.name))
      member = current.next
    }
    #expect(names == ["a", "list", "big", "a", "e\u{301}", "n"])
    let list = try #require(tape.root.child("list"))
    var types: [JSONType] = []
    var element = list.first
    while let current = element {
      #expect(current.name.isEmpty)
      types.append(current.type)
      element = current.next
    }
    #expect(types == [.integer, .text, .list, .object])
    #expect(list.first?.next?.next?.first == nil)
    #expect(tape.root.next == nil)
  }

  @Test func `values are read only as what they are`() throws {
    let list = try #require(tape.root.child("list"))
    let second = try #require(list.first?.next)
    #expect(text(second.text) == "x\n" && second.integer == nil && second.number == nil)
    #expect(list.first?.integer == 10 && list.first?.number == 10)
    #expect(list.text.isEmpty && list.integer == nil)
    let truth = try #require(second.next?.next?.child("k"))
    #expect(truth.integer == 1 && truth.boolean == true && truth.number == nil)
    let big = try #require(tape.root.child("big"))
    #expect(text(big.text) == "1.50" && big.integer == nil)
    #expect(tape.root.child("n")?.type == .null)
  }

  @Test func `any part can be written or copied alone`() throws {
    let list = try #require(tape.root.child("list"))
    #expect(list.json == #"[10,"x\n",[],{"k":true}]"#)
    #expect(list.value == [10, "x\n", [], ["k": true]])
    #expect(list.first?.json == "10")
    #expect(tape.root.child("e\u{301}")?.json == "{}")
  }

  @Test func `its memory is its own`() throws {
    var bytes = Array(#"["before"]"#.utf8)
    let tape = try JSONTape(parsing: bytes)
    for index in bytes.indices { bytes[index] = 0 }
    #expect(tape.json == #"["before"]"#)
    #expect(tape.count == 2)
    #expect(MemoryLayout<JSONTape.Node>.stride <= 48)
  }

  @Test func `many more values than guessed are held`() throws {
    let text = "[" + [String](repeating: "0", count: 5_000).joined(separator: ",") + "]"
    let tape = try JSONTape(parsing: Array(text.utf8))
    #expect(tape.withRoot { $0.count } == 5_000 && tape.count == 5_001)
    #expect(tape.json == text)
  }
}
