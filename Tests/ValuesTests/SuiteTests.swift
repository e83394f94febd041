// SPDX-License-Identifier: Apache-2.0
// The JSON test suite: 318 files that must, must not, or may be accepted.

import TestKit
import Testing
import Values

/// The suite's files, where they are.
enum Suite {
  static let folder = SharedData.folder.map { $0 + "/data/json-test-suite/test_parsing" }
  static let isThere = folder.map(TestFile.exists) ?? false
  static let reason: Comment =
    "the JSON test suite is not here: put it at ../shared/data or name it in JACKFIELD_SHARED"

  static func files(_ prefix: String) -> [(name: String, bytes: [UInt8])] {
    guard let folder else { return [] }
    return TestFile.names(in: folder).filter { $0.hasPrefix(prefix) }.compactMap { name in
      TestFile.bytes(of: folder + "/" + name).map { (name, $0) }
    }
  }
}

@Suite(.enabled(if: Suite.isThere, Suite.reason))
struct SuiteTests {
  @Test func `what must parse does, and reads back the same after writing`() throws {
    let files = Suite.files("y_")
    #expect(files.count == 95)
    for (name, bytes) in files {
      let value = try JSONValue(parsing: bytes)
      #expect(try JSONValue(parsing: value.jsonBytes) == value, "\(name)")
      #expect(try JSONValue(parsing: value.prettyJSON) == value, "\(name)")
    }
  }

  @Test func `what must be refused is, with line, column and reason`() {
    let files = Suite.files("n_")
    #expect(files.count == 188)
    for (name, bytes) in files {
      do throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        Issue.record("\(name) was read as \(value.json.prefix(60))")
      } catch {
        #expect(error.line >= 1 && error.column >= 1, "\(name)")
        #expect(error.offset >= 0 && error.offset <= bytes.count, "\(name)")
        #expect(!error.reason.isEmpty && error.reason.utf8.count < 160, "\(name)")
        let isSafe = error.reason.unicodeScalars.allSatisfy { $0.value >= 0x20 }
        #expect(isSafe, "\(name)")
      }
    }
  }

  @Test func `what may be either is decided without a crash, alike by value and tape`() {
    let files = Suite.files("i_")
    #expect(files.count == 35)
    for (name, bytes) in files {
      let value = Result { try JSONValue(parsing: bytes) }
      let tape = Result { try JSONTape(parsing: bytes) }
      switch (value, tape) {
      case (.success(let value), .success(let tape)): #expect(tape.value == value, "\(name)")
      case (.failure, .failure): break
      default: Issue.record("\(name): value and tape disagree")
      }
    }
  }

  @Test func `surrogates alone, bad UTF-8 and byte order marks are refused, big numbers kept`() {
    for (name, bytes) in Suite.files("i_") {
      let isAccepted = (try? JSONValue(parsing: bytes)) != nil
      #expect(isAccepted == name.hasPrefix("i_number"), "\(name)")
    }
  }

  @Test func `a tape says the same as a value of every file`() throws {
    for (name, bytes) in Suite.files("y_") {
      let tape = try JSONTape(parsing: bytes)
      let value = try JSONValue(parsing: bytes)
      #expect(tape.value == value, "\(name)")
      #expect(try JSONValue(parsing: tape.jsonBytes) == value, "\(name)")
    }
  }

  @Test func `published webhook bodies survive parse, write and parse`() throws {
    let folder = (SharedData.folder ?? "") + "/data/events"
    let names = TestFile.names(in: folder)
    #expect(names.count >= 5)
    for name in names {
      let bytes = try #require(TestFile.bytes(of: folder + "/" + name))
      let value = try JSONValue(parsing: bytes)
      #expect(try JSONValue(parsing: value.jsonBytes) == value)
      #expect(try JSONTape(parsing: bytes).value == value)
    }
  }
}
