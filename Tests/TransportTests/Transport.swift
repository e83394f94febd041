// SPDX-License-Identifier: Apache-2.0
// A transport plugin of this build, driven as a worker drives it.
import CJackfield
import Glibc
import PluginRuntime
import TestKit
import Testing
import Values

/// The loaded shared object with its thread running.
final class Transport: @unchecked Sendable {
  // Safe because: submit and abort are called by one test at a time, and `reports` guards itself.

  /// How an exchange ended, and how often it said that it had left before that.
  struct End {
    let head: JSONValue
    let body: [UInt8]
    let lefts: Int

    var text: String { String(decoding: body, as: UTF8.self) }
    var status: Int64? { head["status"]?.asInteger }
    var errorClass: String? { head["error"]?["class"]?.asText }
    var code: String? { head["error"]?["code"]?.asText }
    var message: String { head["error"]?["message"]?.asText ?? "" }
    var providerCode: String? { head["error"]?["provider_code"]?.asText }
    var left: Bool? { head["left"]?.asBoolean }
  }

  private struct Log {
    var lefts: [UInt64: Int] = [:]
    var ends: [UInt64: End] = [:]
    var answers = 0
  }

  private let instance: RuntimeInstance
  private let table: UnsafePointer<jf_transport_interface>
  private let log = Reports(Log())
  private let next = Reports<UInt64>(0)

  static func http() throws -> Transport {
    try Transport("transport_http", JF_TRANSPORT_HTTP_INTERFACE)
  }

  static func mail() throws -> Transport {
    try Transport("transport_mail", JF_TRANSPORT_MAIL_INTERFACE)
  }

  private init(_ name: String, _ interface: String) throws {
    let image = try PluginImage.load(path: BuiltProducts.library(name))
    instance = try RuntimeInstance(
      opening: image, settings: Array("{}".utf8), services: [], backend: QuietBackend())
    table = try instance.table(interface, as: jf_transport_interface.self)
    let host = UnsafeMutablePointer<jf_transport_host>.allocate(capacity: 1)
    host.initialize(
      to: jf_transport_host(
        size: UInt32(MemoryLayout<jf_transport_host>.size), reserved: 0,
        impl: Unmanaged.passRetained(self).toOpaque(),
        left: { Transport.of($0)?.left($1) },
        answered: { Transport.of($0)?.answered($1, $2, $3) }))
    #expect(table.pointee.start(instance.pointer, host) == JF_OK)
  }

  private static func of(_ host: UnsafePointer<jf_transport_host>) -> Transport? {
    host.pointee.impl.map { Unmanaged<Transport>.fromOpaque($0).takeUnretainedValue() }
  }

  private func left(_ exchange: UInt64) {
    log.update { log in
      if log.ends[exchange] != nil { Issue.record("left after answered: \(exchange)") }
      log.lefts[exchange, default: 0] += 1
    }
  }

  private func answered(_ exchange: UInt64, _ head: jf_bytes, _ body: jf_bytes) {
    let text = Array(UnsafeRawBufferPointer(start: head.data, count: Int(head.size)))
    let bytes = Array(UnsafeRawBufferPointer(start: body.data, count: Int(body.size)))
    let value = try? JSONValue(parsing: text)
    log.update { log in
      if value == nil { Issue.record("a head that is no JSON") }
      if log.ends[exchange] != nil { Issue.record("answered twice: \(exchange)") }
      log.answers += 1
      log.ends[exchange] = End(
        head: value ?? .null, body: bytes, lefts: log.lefts[exchange, default: 0])
    }
  }

  // MARK: - For tests

  /// Submits a request; returns its exchange. `files` are descriptors that stay the caller's.
  func submit(_ request: JSONValue, body: [UInt8] = [], files: [Int32] = []) throws -> UInt64 {
    let exchange = next.update { number in
      number += 1
      return number
    }
    for file in files { table.pointee.attach(instance.pointer, exchange, file) }
    let tape = try JSONTape(parsing: request.jsonBytes)
    body.withUnsafeBufferPointer { body in
      table.pointee.submit(
        instance.pointer, exchange, OpaquePointer(tape.root),
        jf_bytes(data: body.baseAddress, size: UInt64(body.count)))
    }
    withExtendedLifetime(tape) {}
    return exchange
  }

  func abort(_ exchange: UInt64) { table.pointee.abort(instance.pointer, exchange) }

  func wait(_ exchange: UInt64) throws -> End {
    try #require(log.wait { $0.ends[exchange] }, "no answer")
  }

  func waitForLeft(_ exchange: UInt64) throws {
    _ = try #require(log.wait { $0.lefts[exchange] }, "never left")
  }

  /// Submits and waits.
  func send(_ request: JSONValue, body: [UInt8] = [], files: [Int32] = []) throws -> End {
    try wait(try submit(request, body: body, files: files))
  }
}
