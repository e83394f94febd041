// SPDX-License-Identifier: Apache-2.0
// Serves a transport plugin: exchanges in, reports out.
import CJackfield
import PluginRuntime
import Values
import WorkerProtocol

/// Hands exchanges to the plugin from the entry thread; the plugin reports from its own.
// Safe because: the C structs never change after `init`, and the rest guards itself.
final class TransportServer: WorkerServer, @unchecked Sendable {
  private let instance: RuntimeInstance
  private let table: UnsafePointer<jf_transport_interface>
  private let host: UnsafeMutablePointer<jf_transport_host>
  private let link: HostLink
  private let exchanges = OpenExchanges()
  private let files = ExchangeFiles()

  /// **Throws**: `no_interface`, `table_incomplete`, `start_failed`.
  init(
    instance: RuntimeInstance, interface: String, link: HostLink
  ) throws(LoadError) {
    self.instance = instance
    self.link = link
    table = try instance.table(interface, as: jf_transport_interface.self)
    host = .allocate(capacity: 1)
    host.initialize(
      to: jf_transport_host(
        size: UInt32(MemoryLayout<jf_transport_host>.size), reserved: 0, impl: nil,
        left: { TransportServer.of($0)?.left($1) },
        answered: { TransportServer.of($0)?.answered($1, $2, $3) }))
    // Lives as long as the process: the plugin's thread may report at any time.
    host.pointee.impl = Unmanaged.passRetained(self).toOpaque()
    let status = table.pointee.start(instance.pointer, host)
    guard status == JF_OK else {
      throw LoadError(
        code: .startFailed,
        message: "\(instance.image.file): start answered \(StatusName.of(status)): its log says "
          + "why")
    }
  }

  func serve() -> Never {
    let buffer = ReceiveBuffer()
    while let message = link.next(buffer) {
      switch message {
      case .submit(let submit):
        self.submit(submit)
        buffer.wipe(Limits.header + 8 + submit.request.count + submit.body.count)
      case .file(let exchange, let file):
        files.add(file, to: exchange)
        table.pointee.attach(instance.pointer, UInt64(exchange), file.descriptor)
      case .abort(let exchange): table.pointee.abort(instance.pointer, UInt64(exchange))
      case .stop: if exchanges.stop() { link.stopReading() }
      default: link.unexpected("a message")
      }
    }
    if exchanges.isDone { instance.close() }
    ExitCode.end(ExitCode.stopped)
  }

  private func submit(_ message: SubmitMessage) {
    guard let request = message.request.withUnsafeBytes({ try? JSONTape(parsing: $0) }),
      exchanges.begin(UInt64(message.exchange))
    else { link.unexpected("a submit that is no JSON or open already") }
    message.body.withUnsafeBufferPointer { body in
      table.pointee.submit(
        instance.pointer, UInt64(message.exchange), OpaquePointer(request.root),
        jf_bytes(data: body.baseAddress, size: UInt64(body.count)))
    }
    withExtendedLifetime(request) {}
  }

  private static func of(_ host: UnsafePointer<jf_transport_host>) -> TransportServer? {
    host.pointee.impl.map { Unmanaged<TransportServer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// On its way to the host before this returns, and with it before the first byte to the peer.
  private func left(_ exchange: UInt64) {
    guard exchanges.contains(exchange), let number = UInt32(exactly: exchange) else {
      return complain("left", exchange)
    }
    var writer = PayloadWriter(capacity: Limits.header)
    writer.begin(.left, exchange: number)
    link.send(&writer)
  }

  private func answered(_ exchange: UInt64, _ head: jf_bytes, _ body: jf_bytes) {
    guard let number = exchanges.end(exchange) else { return complain("answered", exchange) }
    // Before the host hears of it: it may then rely on nobody writing any more.
    files.close(of: number)
    var writer = PayloadWriter(capacity: 64 + Int(clamping: head.size))
    writer.begin(.answered, exchange: number)
    writer.bytes(UnsafeRawBufferPointer(start: head.data, count: Int(head.size)))
    writer.bytes(UnsafeRawBufferPointer(start: body.data, count: Int(body.size)))
    if !link.send(&writer) {
      link.send(AnsweredMessage(exchange: number, head: Self.tooLarge, body: []))
    }
    if exchanges.isDone { link.stopReading() }
  }

  private static let tooLarge = Array(
    (#"{"error":{"class":"failed","code":"response_too_large","message":"#
      + #""the response is over 32 MiB"},"left":true}"#).utf8)[...]

  private func complain(_ what: String, _ exchange: UInt64) {
    instance.host.backend.log(
      call: 0, level: 3, text: "the transport reported \(what) for \(exchange), which is not open")
  }
}
