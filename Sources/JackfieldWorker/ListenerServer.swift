// SPDX-License-Identifier: Apache-2.0
// Serves a listener plugin: requests out to the host, answers in.
import CJackfield
import PluginRuntime
import Values
import WorkerProtocol

/// The plugin hands requests over from its own threads; answers go in from the entry thread.
// Safe because: the C structs never change after `init`, `isOpen` is touched only under `lock`, and
// the rest guards itself.
final class ListenerServer: WorkerServer, @unchecked Sendable {
  private let instance: RuntimeInstance
  private let table: UnsafePointer<jf_listener_interface>
  private let host: UnsafeMutablePointer<jf_listener_host>
  private let link: HostLink
  private let exchanges = OpenExchanges()
  private let lock = Lock()
  private var isOpen = true

  /// **Throws**: `no_interface`, `table_incomplete`, `start_failed`.
  init(
    instance: RuntimeInstance, interface: String, settings: UnsafePointer<JSONTape.Node>,
    link: HostLink
  ) throws(LoadError) {
    self.instance = instance
    self.link = link
    table = try instance.table(interface, as: jf_listener_interface.self)
    host = .allocate(capacity: 1)
    host.initialize(
      to: jf_listener_host(
        size: UInt32(MemoryLayout<jf_listener_host>.size), reserved: 0, impl: nil,
        incoming: { ListenerServer.of($0)?.incoming($1, $2, $3) ?? JF_BUG }))
    // Lives as long as the process: the plugin's threads may hand requests over at any time.
    host.pointee.impl = Unmanaged.passRetained(self).toOpaque()
    // Until `serve`: requests that come before the host knows that the worker is ready wait for
    // that moment. Turned away, they would be told that the host has too much to do.
    lock.lock()
    let status = table.pointee.start(
      instance.pointer, host, InheritedDescriptor.listening, 0, OpaquePointer(settings))
    guard status == JF_OK else {
      lock.unlock()
      throw LoadError(
        code: .startFailed,
        message: "\(instance.image.file): start answered \(StatusName.of(status)): its log says "
          + "why")
    }
  }

  func serve() -> Never {
    lock.unlock()
    let buffer = ReceiveBuffer()
    while let message = link.next(buffer) {
      switch message {
      case .respond(let answer): respond(answer)
      case .intake(let intake): lock.locked { isOpen = intake.isOpen }
      case .stop: stop()
      default: link.unexpected("a message")
      }
    }
    // `close` sees the answers out that are being written.
    if exchanges.isDone { instance.close() }
    ExitCode.end(ExitCode.stopped)
  }

  private func respond(_ answer: RespondMessage) {
    // The caller of one that is not open went away, and the host did not know yet.
    guard exchanges.end(UInt64(answer.exchange)) != nil else { return }
    guard let head = answer.head.withUnsafeBytes({ try? JSONTape(parsing: $0) }) else {
      link.unexpected("an answer that is no JSON")
    }
    answer.body.withUnsafeBufferPointer { body in
      table.pointee.respond(
        instance.pointer, UInt64(answer.exchange), OpaquePointer(head.root),
        jf_bytes(data: body.baseAddress, size: UInt64(body.count)))
    }
    withExtendedLifetime(head) {}
    if exchanges.isDone { link.stopReading() }
  }

  private func stop() {
    lock.locked { isOpen = false }
    table.pointee.stop(instance.pointer)
    if exchanges.stop() { link.stopReading() }
  }

  private static func of(_ host: UnsafePointer<jf_listener_host>) -> ListenerServer? {
    host.pointee.impl.map { Unmanaged<ListenerServer>.fromOpaque($0).takeUnretainedValue() }
  }

  private func incoming(_ exchange: UInt64, _ head: jf_bytes, _ body: jf_bytes) -> jf_status {
    guard lock.locked({ isOpen }) else { return JF_RATE_LIMITED }
    guard exchanges.begin(exchange), let number = UInt32(exactly: exchange) else {
      instance.host.backend.log(
        call: 0, level: 3,
        text: "the listener handed request \(exchange) over: 0, open already or over 32 bits")
      return JF_BUG
    }
    let message = IncomingMessage(
      exchange: number, head: Self.copy(head)[...], body: Self.copy(body)[...])
    if link.sendNow(message) { return JF_OK }
    _ = exchanges.end(exchange)
    return JF_RATE_LIMITED
  }

  private static func copy(_ bytes: jf_bytes) -> [UInt8] {
    [UInt8](UnsafeRawBufferPointer(start: bytes.data, count: Int(bytes.size)))
  }
}
