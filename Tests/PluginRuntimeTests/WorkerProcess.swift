// SPDX-License-Identifier: Apache-2.0
// A real `jackfield-worker`, with the test in the host's place.
import CSystem
import Foundation
import TestKit
import Values
import WorkerProtocol

/// One worker process with a test plugin in it, driven message by message.
///
/// **Ownership**: the process is killed and reaped when this goes.
// Safe because: tests use it from one thread; the spawning thread touches only what is under
// `condition`.
final class WorkerProcess: @unchecked Sendable {
  enum End: Equatable {
    case exited(Int32)
    case signalled(Int32)
  }

  let pid: Int32
  let page: EnteredPage
  let socket: MessageSocket
  private let plugin: FixturePlugin
  private let buffer = ReceiveBuffer()
  private let starter: Starter
  /// Read ahead of what a test asked for.
  private var kept: [WorkerMessage] = []

  init(_ plugin: FixturePlugin, maxCalls: Int = 1) throws {
    self.plugin = plugin
    let pair = try MessageSocket.pair()
    let (page, pageDescriptor) = try EnteredPage.create(maxCalls: maxCalls)
    self.page = page
    socket = MessageSocket(descriptor: pair.host, peer: .worker, owned: true)
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    let image = open(plugin.library, O_RDONLY | O_CLOEXEC)
    let log = open(plugin.folder("log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    let inherited = [null, log, log, pair.worker, image, pageDescriptor, null, null]
    starter = try Starter(BuiltProducts.program("jackfield-worker"), inherited)
    pid = starter.pid
    for descriptor in [null, log, pair.worker, image, pageDescriptor] { close(descriptor) }
  }

  deinit { kill(SIGKILL) }

  func kill(_ signal: Int32) { _ = starter.signal(signal) }

  /// What the plugin printed.
  var printed: String { TestFile.text(of: plugin.folder("log")) ?? "" }

  /// Waits for the process to end.
  func end() throws -> End {
    guard let end = starter.wait(seconds: 20) else {
      throw WorkerTestError("the worker did not end")
    }
    return end
  }

  // What the host says.

  func send(_ message: some TypedMessage) throws {
    guard try socket.send(message.encoded(), wait: true) == .sent else {
      throw WorkerTestError("the worker is gone")
    }
  }

  func send(bare kind: MessageKind, call: UInt32 = 0, exchange: UInt32 = 0) throws {
    _ = try socket.send(.bare(kind, call: call, exchange: exchange), wait: true)
  }

  func hello(
    interface: String = "jackfield.action/1", actions: [String]? = nil, services: [String] = [],
    maxCalls: Int = 1
  ) throws {
    let json: JSONValue = [
      "plugin": .text(plugin.id), "project": "test", "settings": [:],
      "interface": .text(interface),
      "actions": .list((actions ?? [plugin.id + ".run"]).map { .text($0) }),
      "services": .list(services.map { .text($0) }), "max_calls": .integer(Int64(maxCalls)),
    ]
    try send(HelloMessage(json: json.jsonBytes[...]))
  }

  func call(
    _ number: UInt32, _ parameters: JSONValue = [:], context: JSONValue = [:],
    budgetMS: Int64 = 5_000
  ) throws {
    try send(
      CallMessage(
        call: number, action: 0, budgetMS: budgetMS, key: Array("key-\(number)".utf8)[...],
        context: context.jsonBytes[...], parameters: parameters.jsonBytes[...]))
  }

  func reply(
    _ request: RequestMessage, _ json: JSONValue, status: Int32 = 0, body: [UInt8] = []
  ) throws {
    try send(
      ReplyMessage(
        call: request.call, exchange: request.exchange, status: status,
        json: json.jsonBytes[...], body: body[...]))
  }

  // What the worker says.

  /// The next message, or nil when the worker is gone.
  func next() throws -> WorkerMessage? {
    if !kept.isEmpty { return kept.removeFirst() }
    var wait = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, 20_000) == 1 else { throw WorkerTestError("the worker says nothing") }
    guard case .message(let message) = try socket.receive(buffer, wait: false) else { return nil }
    return try WorkerMessage(message)
  }

  /// The next message that `pick` takes; the others are kept for later.
  func next<Picked>(where pick: (WorkerMessage) -> Picked?) throws -> Picked {
    var passed: [WorkerMessage] = []
    defer { kept = passed + kept }
    while let message = try next() {
      if let picked = pick(message) { return picked }
      passed.append(message)
    }
    throw WorkerTestError("the worker is gone, after \(passed)")
  }

  func ready() throws {
    try next { if case .ready = $0 { () } else { nil } }
  }

  func loadFailed() throws -> JSONValue {
    let message = try next { if case .loadFailed(let message) = $0 { message } else { nil } }
    return try JSONValue(parsing: Array(message.json))
  }

  func result(_ call: UInt32) throws -> (status: Int32, json: JSONValue) {
    let message = try next { message -> ResultMessage? in
      if case .result(let result) = message, result.call == call { result } else { nil }
    }
    return (message.status, try JSONValue(parsing: Array(message.json)))
  }

  func request() throws -> RequestMessage {
    try next { if case .request(let request) = $0 { request } else { nil } }
  }

  func log() throws -> LogMessage {
    try next { if case .log(let log) = $0 { log } else { nil } }
  }
}

struct WorkerTestError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension WorkerProcess {
  /// Says hello, waits until the plugin is loaded.
  static func ready(
    _ id: String, maxCalls: Int = 1, services: [String] = []
  ) throws -> WorkerProcess {
    let worker = try WorkerProcess(FixturePlugin(id), maxCalls: maxCalls)
    try worker.hello(services: services, maxCalls: maxCalls)
    try worker.ready()
    return worker
  }
}
