// SPDX-License-Identifier: Apache-2.0
// What `open` makes: the host's value table, and the listener once `start` was called.
import CJackfield
import ExchangeValues

/// The state of the listener plugin. Confined to the entry thread.
final class ListenerInstance {
  private let host: UnsafePointer<jf_host>
  private let values: UnsafePointer<jf_value_interface>
  private var listener: Listener?

  init?(host: UnsafePointer<jf_host>) {
    guard let values = ValueReader.table(of: host) else { return nil }
    self.host = host
    self.values = values
  }

  func start(
    _ worker: UnsafePointer<jf_listener_host>, _ descriptor: Int32, _ settings: OpaquePointer
  ) -> jf_status {
    guard listener == nil else { return JF_BUG }
    let settings = ListenerSettings(reading: ValueReader(table: values, value: settings))
    listener = Listener(worker: worker, descriptor: descriptor, settings: settings)
    guard listener == nil else { return JF_OK }
    log("the listener did not start: descriptor \(descriptor) is no listening socket")
    return JF_UNAVAILABLE
  }

  func respond(_ exchange: UInt64, _ head: OpaquePointer, _ body: jf_bytes) {
    let answer = ListenerAnswer.reading(
      ValueReader(table: values, value: head),
      body: UnsafeRawBufferPointer(start: body.data, count: Int(body.size)))
    listener?.respond(exchange, answer)
  }

  func stop() { listener?.stop() }

  private func log(_ line: String) {
    var line = line
    line.withUTF8 { utf8 in
      let bytes = jf_bytes(data: utf8.baseAddress, size: UInt64(utf8.count))
      host.pointee.log(host, JF_LEVEL_ERROR, bytes)
    }
  }

  // MARK: - Crossing the ABI

  func retained() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  static func from(_ instance: OpaquePointer?) -> ListenerInstance? {
    guard let instance else { return nil }
    return Unmanaged<ListenerInstance>.fromOpaque(UnsafeRawPointer(instance))
      .takeUnretainedValue()
  }

  /// Ends the instance; answers that are being written are seen out.
  static func release(_ instance: OpaquePointer?) {
    guard let instance else { return }
    from(instance)?.listener?.close()
    Unmanaged<ListenerInstance>.fromOpaque(UnsafeRawPointer(instance)).release()
  }
}
