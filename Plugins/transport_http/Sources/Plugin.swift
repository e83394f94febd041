// SPDX-License-Identifier: Apache-2.0
// transport_http: the plugin's tables.
import CCurlCalls
import CJackfield
import CurlTransport
import ExchangeValues
import Glibc

@c @implementation
public func jf_plugin_entry_v0(_ host_minor: UInt32) -> UnsafePointer<jf_plugin>? {
  tables.plugin
}

private typealias HTTPInstance = TransportInstance<HTTPLoop>

/// The tables the host holds pointers to.
private struct Tables: @unchecked Sendable {
  // Safe because: written once, before the host sees them, and never freed.
  let plugin: UnsafePointer<jf_plugin>
  let transport: UnsafePointer<jf_transport_interface>
}

private let tables: Tables = {
  let transport = UnsafeMutablePointer<jf_transport_interface>.allocate(capacity: 1)
  transport.initialize(
    to: jf_transport_interface(
      size: UInt32(MemoryLayout<jf_transport_interface>.size), reserved: 0,
      start: { instance, host in
        HTTPInstance.from(instance)?.start(host) ?? JF_BUG
      },
      submit: { instance, exchange, request, body in
        guard let instance = HTTPInstance.from(instance) else { return }
        instance.submit(exchange) { reports, files throws(ExchangeFailure) in
          let reader = ValueReader(table: instance.values, value: request)
          let bytes = UnsafeRawBufferPointer(start: body.data, count: Int(body.size))
          let request = try HTTPRequest(reading: reader, body: bytes, files: files)
          return try HTTPExchange(exchange, request, reports)
        }
      },
      abort: { instance, exchange in
        HTTPInstance.from(instance)?.abort(exchange)
      },
      attach: { instance, exchange, descriptor in
        HTTPInstance.from(instance)?.attach(exchange, descriptor)
      }))
  let plugin = UnsafeMutablePointer<jf_plugin>.allocate(capacity: 1)
  plugin.initialize(
    to: jf_plugin(
      size: UInt32(MemoryLayout<jf_plugin>.size), abi_major: UInt16(JF_ABI_MAJOR),
      abi_minor: UInt16(JF_ABI_MINOR),
      open: { host, _, out in
        guard let instance = HTTPInstance(host: host) else { return JF_BUG }
        out?.pointee = instance.retained()
        return JF_OK
      },
      close: { instance in HTTPInstance.release(instance) },
      interface: { _, id in
        guard strcmp(id, JF_TRANSPORT_HTTP_INTERFACE) == 0 else { return nil }
        return UnsafeRawPointer(tables.transport)
      }))
  return Tables(plugin: UnsafePointer(plugin), transport: UnsafePointer(transport))
}()
