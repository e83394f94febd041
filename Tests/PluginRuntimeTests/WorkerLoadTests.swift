// SPDX-License-Identifier: Apache-2.0
// From a hello to a loaded plugin, or to a reason why not.
import Glibc
import TestKit
import Testing
import Values
import WorkerProtocol

@Suite struct WorkerLoadTests {
  @Test func `a plugin that loads is reported ready with the worker's ABI and pid`() throws {
    let worker = try WorkerProcess(FixturePlugin("echo"))
    try worker.hello()
    let message = try worker.next { if case .ready(let ready) = $0 { ready } else { nil } }
    let json = try JSONValue(parsing: Array(message.json))
    #expect(json["abi"] == "0.1")
    #expect(json["pid"]?.asInteger == Int64(worker.pid))
  }

  @Test(arguments: [
    ("no_entry", "no_entry", "exports no jf_plugin_entry_v0"),
    ("wrong_major", "abi_major", "was built for ABI 99.1, this host speaks 0.1"),
    ("open_fails", "open_failed", "open answered invalid_input"),
    ("lies", "table_incomplete", "its jf_plugin says 16 bytes"),
  ])
  func `a plugin that cannot be loaded is reported with the reason, and the worker ends`(
    id: String, code: String, message: String
  ) throws {
    let worker = try WorkerProcess(FixturePlugin(id))
    try worker.hello()
    let failure = try worker.loadFailed()
    #expect(failure["code"]?.asText == code)
    #expect(failure["message"]?.asText?.contains(message) == true, "\(failure)")
    #expect(failure["message"]?.asText?.contains("\"\(id)\"") == true)
    #expect(try worker.end() == .exited(1))
  }

  @Test func `a file that is no shared object is refused with the linker's reason`() throws {
    let plugin = try FixturePlugin("echo")
    plugin.folder.write("not an image", to: "echo.so")
    let worker = try WorkerProcess(plugin)
    try worker.hello()
    #expect(try worker.loadFailed()["code"] == "dlopen_failed")
    #expect(try worker.end() == .exited(1))
  }

  @Test func `an action the image does not know is named`() throws {
    let worker = try WorkerProcess(FixturePlugin("echo"))
    try worker.hello(actions: ["echo.run", "echo.other"])
    let failure = try worker.loadFailed()
    #expect(failure["code"] == "unknown_action")
    #expect(failure["message"]?.asText?.contains("echo.other") == true)
    #expect(try worker.end() == .exited(1))
  }

  @Test func `an interface the image does not have is named`() throws {
    let worker = try WorkerProcess(FixturePlugin("echo"))
    try worker.hello(interface: "jackfield.transport.http/draft")
    #expect(try worker.loadFailed()["code"] == "no_interface")
    #expect(try worker.end() == .exited(1))
  }

  @Test func `a crash while loading ends the worker without a word`() throws {
    let worker = try WorkerProcess(FixturePlugin("crashes_while_loading"))
    try worker.hello()
    #expect(try worker.next() == nil)
    #expect(try worker.end() == .signalled(SIGSEGV))
  }

  @Test func `a worker whose host is gone ends`() throws {
    let worker = try WorkerProcess.ready("echo")
    shutdown(worker.socket.descriptor, Int32(SHUT_RDWR))
    #expect(try worker.end() == .exited(0))
  }

  @Test func `a worker whose host is gone before the hello ends`() throws {
    let worker = try WorkerProcess(FixturePlugin("echo"))
    shutdown(worker.socket.descriptor, Int32(SHUT_RDWR))
    #expect(try worker.end() == .exited(0))
  }

  @Test func `a worker started by hand says so and ends`() throws {
    let result = try Subprocess.run(BuiltProducts.program("jackfield-worker"))
    #expect(result.status == .exited(64))
    #expect(result.errors.contains("started by jackfield"))
  }

  @Test(arguments: [1, 8]) func `stop ends a worker that runs nothing`(maxCalls: Int) throws {
    let worker = try WorkerProcess.ready("echo", maxCalls: maxCalls)
    try worker.call(1, ["a": 1])
    #expect(try worker.result(1).json == ["a": 1])
    try worker.send(bare: .stop)
    #expect(try worker.end() == .exited(0))
  }

  @Test func `stop lets a call that runs finish, its services included`() throws {
    for maxCalls in [1, 4] {
      let worker = try WorkerProcess.ready("services", maxCalls: maxCalls)
      try worker.call(1, ["use": "credential", "name": "shop"])
      let request = try worker.request()
      try worker.send(bare: .stop)
      try worker.reply(request, ["name": "shop"])
      #expect(try worker.result(1).json["value"] == ["name": "shop"])
      #expect(try worker.end() == .exited(0))
    }
  }

  @Test func `a host that breaks the protocol ends the worker, with a line in the log`() throws {
    let worker = try WorkerProcess.ready("echo")
    try worker.send(bare: .abort, exchange: 1)
    #expect(try worker.end() == .exited(70))
    #expect(worker.printed.contains("the host broke the protocol"))
  }

  @Test func `a worker dumps no core, gains no privileges and keeps no stray descriptor`() throws {
    let worker = try WorkerProcess.ready("echo")
    let status = TestFile.text(of: "/proc/\(worker.pid)/status") ?? ""
    #expect(status.contains("NoNewPrivs:\t1"))
    let limits = TestFile.text(of: "/proc/\(worker.pid)/limits") ?? ""
    let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
    #expect(core?.split(separator: " ")[4] == "0")
    let descriptors = TestFile.names(in: "/proc/\(worker.pid)/fd").compactMap { Int($0) }
    #expect(descriptors.allSatisfy { $0 <= 7 })
  }
}
