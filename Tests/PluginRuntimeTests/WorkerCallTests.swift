// SPDX-License-Identifier: Apache-2.0
// Calls, results, cancels and what plugins do wrong.
import Glibc
import TestKit
import Testing
import Values
import WorkerProtocol

@Suite struct WorkerCallTests {
  @Test(arguments: ["echo", "echo_serial"])
  func `a call returns what the action sets`(id: String) throws {
    let worker = try WorkerProcess.ready(id)
    for number in UInt32(1)...50 {
      let parameters: JSONValue = ["number": .integer(Int64(number)), "text": "ä\u{1F600}\n"]
      try worker.call(number, parameters)
      let result = try worker.result(number)
      #expect(result.status == 0)
      #expect(result.json == parameters)
    }
  }

  @Test func `hundreds of calls at once are all answered`() throws {
    let worker = try WorkerProcess.ready("echo", maxCalls: 32)
    for number in UInt32(1)...32 {
      try worker.call(number, ["n": .integer(Int64(number))])
    }
    for number in UInt32(1)...400 {
      #expect(try worker.result(number).json == ["n": .integer(Int64(number))])
      try worker.call(number + 32, ["n": .integer(Int64(number + 32))])
    }
  }

  @Test func `a call that hangs holds up no other, and its number is on the page`() throws {
    let worker = try WorkerProcess.ready("hangs", maxCalls: 8)
    for number in UInt32(1)...7 { try worker.call(number, ["hang": true]) }
    try worker.call(8, ["ok": true])
    #expect(try worker.result(8).json == ["ok": true])
    #expect(Set(worker.page.entered).isSubset(of: Set(1...8)))
    worker.kill(SIGKILL)
    #expect(try worker.end() == .signalled(SIGKILL))
    #expect(Set(worker.page.entered).isSuperset(of: Set(1...7)))
  }

  @Test func `after a crash the page names the call that was entered`() throws {
    let worker = try WorkerProcess.ready("crashes", maxCalls: 4)
    try worker.call(1, ["fine": true])
    #expect(try worker.result(1).status == 0)
    try worker.call(2, ["crash": true])
    #expect(try worker.end() == .signalled(SIGSEGV))
    // The first call may still be on it: its result is sent before its number is taken away.
    #expect(Set(worker.page.entered).subtracting([1]) == [2])
  }

  @Test func `abort and exit end the worker as the plugin asked`() throws {
    let aborts = try WorkerProcess.ready("aborts")
    try aborts.call(1, ["abort": true])
    #expect(try aborts.end() == .signalled(SIGABRT))
    let exits = try WorkerProcess.ready("exits")
    try exits.call(1, ["exit": true])
    #expect(try exits.end() == .exited(3))
  }

  @Test func `returning without a result is a bug, or the class the action returned`() throws {
    let worker = try WorkerProcess.ready("no_result")
    for (number, status, expected) in [(1, 0, 9), (2, 6, 6), (3, 77, 9), (4, -1, 9)] {
      try worker.call(UInt32(number), ["status": .integer(Int64(status))])
      let result = try worker.result(UInt32(number))
      #expect(result.status == Int32(expected))
      #expect(result.json["code"] == "no_result")
    }
  }

  @Test func `the first result counts and the second is logged`() throws {
    let worker = try WorkerProcess.ready("double_result")
    try worker.call(5, ["a": 1])
    #expect(try worker.result(5) == (0, ["a": 1]))
    let log = try worker.log()
    #expect(log.call == 5)
    #expect(String(decoding: log.text, as: UTF8.self).contains("set twice"))
  }

  @Test func `a result over 1 MiB is refused, and the action may set another`() throws {
    let worker = try WorkerProcess.ready("big_result")
    try worker.call(1)
    let result = try worker.result(1)
    #expect(result.status == 7)
    #expect(result.json["code"] == "refused")
    #expect(String(decoding: try worker.log().text, as: UTF8.self).contains("over 1048576"))
  }

  @Test func `a marked builder gives null, and the reason is logged`() throws {
    let worker = try WorkerProcess.ready("unfinished")
    try worker.call(1)
    #expect(try worker.result(1).json["code"] == "marked")
    #expect(String(decoding: try worker.log().text, as: UTF8.self).contains("builder was marked"))
  }

  @Test func `a use of a call after its return is refused and logged`() throws {
    let worker = try WorkerProcess.ready("late_use")
    try worker.call(1, ["a": 1])
    #expect(try worker.result(1).json == ["a": 1])
    try worker.call(2, ["b": 2])
    #expect(try worker.result(2).json == ["refused": true])
    let log = try worker.log()
    #expect(log.call == 0)
    #expect(String(decoding: log.text, as: UTF8.self).contains("after it had returned"))
  }

  @Test func `a thread left in a service when its call returns is woken`() throws {
    let worker = try WorkerProcess.ready("late_service", maxCalls: 2)
    try worker.call(1)
    let requests = [try worker.request(), try worker.request()]
    let first = try #require(
      requests.first { String(decoding: $0.json, as: UTF8.self).contains("first") })
    try worker.reply(first, ["name": "first"])
    #expect(try worker.result(1).status == 0)
    try worker.call(2, ["join": true])
    #expect(try worker.result(2).status == 0)
  }

  @Test func `what is printed and what is logged arrive on their own ways`() throws {
    let worker = try WorkerProcess.ready("prints")
    try worker.call(3)
    #expect(try worker.result(3).status == 0)
    let plugin = try worker.log()
    let call = try worker.log()
    #expect((plugin.call, plugin.level) == (0, 2))
    #expect((call.call, call.level) == (3, 1))
    #expect(worker.printed.contains("a line from printf\n"))
    #expect(worker.printed.contains("a line on stderr\n"))
  }

  @Test func `a plugin that closes every descriptor ends its worker, not the host`() throws {
    let worker = try WorkerProcess.ready("closes_fds")
    try worker.call(1, ["close": true])
    #expect(try worker.next() == nil)
    #expect(try worker.end() == .exited(71))
  }

  @Test func `bytes written past the runtime are a violation on the host's side`() throws {
    let worker = try WorkerProcess.ready("garbage")
    try worker.call(1, ["garbage": true])
    #expect(throws: ProtocolViolation.self) { try worker.result(1) }
  }

  @Test func `a cancel is seen by the action`() throws {
    let worker = try WorkerProcess.ready("waits", maxCalls: 4)
    try worker.call(9, ["wait": true])
    try worker.send(bare: .cancel, call: 9)
    #expect(try worker.result(9).json["code"] == "cancelled")
  }

  @Test func `cancels of calls that are over or unknown are passed over`() throws {
    for maxCalls in [1, 4] {
      let worker = try WorkerProcess.ready("echo", maxCalls: maxCalls)
      try worker.call(1)
      #expect(try worker.result(1).status == 0)
      for number in UInt32(1_001)...1_200 { try worker.send(bare: .cancel, call: number) }
      try worker.send(bare: .cancel, call: 1)
      try worker.call(2)
      #expect(try worker.result(2).status == 0)
    }
  }

  @Test func `parameters and results of a megabyte travel as memory`() throws {
    let worker = try WorkerProcess.ready("echo")
    let parameters: JSONValue = ["large": .text(String(repeating: "x", count: 1_000_000))]
    try worker.call(1, parameters)
    #expect(try worker.result(1).json == parameters)
  }

  @Test func `dozens of spinning calls are all cancelled`() throws {
    let worker = try WorkerProcess.ready("waits", maxCalls: 64)
    for number in UInt32(1)...64 { try worker.call(number, ["wait": true]) }
    for number in UInt32(1)...64 { try worker.send(bare: .cancel, call: number) }
    for number in UInt32(1)...64 {
      #expect(try worker.result(number).json["code"] == "cancelled")
    }
  }
}
