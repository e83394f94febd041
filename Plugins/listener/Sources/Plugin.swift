// SPDX-License-Identifier: Apache-2.0
// listener: the plugin's tables.
import CJackfield
import ExchangeValues
import Glibc

@c @implementation
public func jf_plugin_entry_v0(_ host_minor: UInt32) -> UnsafePointer<jf_plugin>? {
  tables.plugin
}

/// The tables the host holds pointers to.
private struct Tables: @unchecked Sendable {
  // Safe because: written once, before the host sees them, and never freed.
  let plugin: UnsafePointer<jf_plugin>
  let listener: UnsafePointer<jf_listener_interface>
}

private let tables: Tables = {
  let listener = UnsafeMutablePointer<jf_listener_interface>.allocate(capacity: 1)
  listener.initialize(
    to: jf_listener_interface(
      size: UInt32(MemoryLayout<jf_listener_interface>.size), reserved: 0,
      start: { instance, host, descriptor, _, settings in
        ListenerInstance.from(instance)?.start(host, descriptor, settings) ?? JF_BUG
      },
      respond: { instance, exchange, head, body in
        ListenerInstance.from(instance)?.respond(exchange, head, body)
      },
      stop: { instance in ListenerInstance.from(instance)?.stop() }))
  let plugin = UnsafeMutablePointer<jf_plugin>.allocate(capacity: 1)
  plugin.initialize(
    to: jf_plugin(
      size: UInt32(MemoryLayout<jf_plugin>.size), abi_major: UInt16(JF_ABI_MAJOR),
      abi_minor: UInt16(JF_ABI_MINOR),
      open: { host, _, out in
        guard let instance = ListenerInstance(host: host) else { return JF_BUG }
        out?.pointee = instance.retained()
        return JF_OK
      },
      close: { instance in ListenerInstance.release(instance) },
      interface: { _, id in
        guard strcmp(id, JF_LISTENER_HTTP_INTERFACE) == 0 else { return nil }
        return UnsafeRawPointer(tables.listener)
      }))
  return Tables(plugin: UnsafePointer(plugin), listener: UnsafePointer(listener))
}()
