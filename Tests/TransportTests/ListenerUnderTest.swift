// SPDX-License-Identifier: Apache-2.0
// The listener plugin of this build, on a socket of the test's.
import CJackfield
import Glibc
import PluginRuntime
import TestKit
import Testing
import Values

/// The loaded listener; the test plays the host.
final class ListenerUnderTest: @unchecked Sendable {
  // Safe because: `requests` and `isBusy` guard themselves, and the rest never changes.

  struct Request {
    let exchange: UInt64
    let head: JSONValue
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> [String] {
      (head["headers"]?.asList ?? []).filter { $0[0]?.asText == name }.compactMap { $0[1]?.asText }
    }
  }

  let port: UInt16
  private let instance: RuntimeInstance
  private let table: UnsafePointer<jf_listener_interface>
  private let requests = Reports<[Request]>([])
  private let isBusy = Reports(false)
  private let answersAtOnce = Reports<String?>(nil)

  init(_ settings: JSONValue = [:]) throws {
    let (descriptor, port) = try Loopback.listen()
    self.port = port
    let image = try PluginImage.load(path: BuiltProducts.library("listener"))
    instance = try RuntimeInstance(
      opening: image, settings: Array("{}".utf8), services: [], backend: QuietBackend())
    table = try instance.table(JF_LISTENER_HTTP_INTERFACE, as: jf_listener_interface.self)
    let host = UnsafeMutablePointer<jf_listener_host>.allocate(capacity: 1)
    host.initialize(
      to: jf_listener_host(
        size: UInt32(MemoryLayout<jf_listener_host>.size), reserved: 0,
        impl: Unmanaged.passRetained(self).toOpaque(),
        incoming: { ListenerUnderTest.of($0)?.incoming($1, $2, $3) ?? JF_BUG }))
    let tape = try JSONTape(parsing: settings.jsonBytes)
    let status = table.pointee.start(
      instance.pointer, host, descriptor, 0, OpaquePointer(tape.root))
    withExtendedLifetime(tape) {}
    #expect(status == JF_OK)
  }

  private static func of(_ host: UnsafePointer<jf_listener_host>) -> ListenerUnderTest? {
    host.pointee.impl.map { Unmanaged<ListenerUnderTest>.fromOpaque($0).takeUnretainedValue() }
  }

  private func incoming(_ exchange: UInt64, _ head: jf_bytes, _ body: jf_bytes) -> jf_status {
    if isBusy.update({ $0 }) { return JF_RATE_LIMITED }
    let text = Array(UnsafeRawBufferPointer(start: head.data, count: Int(head.size)))
    let bytes = Array(UnsafeRawBufferPointer(start: body.data, count: Int(body.size)))
    guard let value = try? JSONValue(parsing: text) else {
      Issue.record("a head that is no JSON")
      return JF_BUG
    }
    requests.update { $0.append(Request(exchange: exchange, head: value, body: bytes)) }
    if let body = answersAtOnce.update({ $0 }) { try? respond(exchange, body: body) }
    return JF_OK
  }

  // MARK: - For tests

  func setBusy(_ busy: Bool) { isBusy.update { $0 = busy } }

  /// Answers every request with this text before `incoming` returns.
  func answerAtOnce(_ body: String) { answersAtOnce.update { $0 = body } }

  /// The next request that came in.
  func next() throws -> Request {
    try #require(requests.wait { $0.isEmpty ? nil : $0.removeFirst() }, "no request came")
  }

  var waitingCount: Int { requests.update { $0.count } }

  /// All requests once there are `count` of them.
  func all(_ count: Int) throws -> [Request] {
    try #require(requests.wait { $0.count >= count ? $0 : nil }, "not all requests came")
  }

  func respond(
    _ exchange: UInt64, status: Int64 = 200, headers: JSONValue = [:], body: String = "ok"
  ) throws {
    let tape = try JSONTape(
      parsing: JSONValue.object(["status": .integer(status), "headers": headers]).jsonBytes)
    Array(body.utf8).withUnsafeBufferPointer { body in
      table.pointee.respond(
        instance.pointer, exchange, OpaquePointer(tape.root),
        jf_bytes(data: body.baseAddress, size: UInt64(body.count)))
    }
    withExtendedLifetime(tape) {}
  }

  func stop() { table.pointee.stop(instance.pointer) }

  func close() { instance.close() }
}
