// SPDX-License-Identifier: Apache-2.0
// What a `jf_host` is.
import CJackfield
import Glibc

/// The host as one plugin instance sees it: the tables it was granted, and its log.
///
/// **Isolation**: any thread; constant once made.
/// **Ownership**: lives for ever once it was handed to a plugin, as the ABI promises it for the
/// instance's life and images are never unloaded.
// Safe because: the struct behind `pointer` is written in `init` and never again.
package final class RuntimeHost: @unchecked Sendable {
  package let backend: any ServiceBackend
  let pointer: UnsafePointer<jf_host>
  private let granted: Set<String>

  /// **Shape**: `services` are interface ids; value and call are always there.
  package init(services: [String], backend: any ServiceBackend) {
    self.backend = backend
    granted = Set(services).union([JF_VALUE_INTERFACE, JF_CALL_INTERFACE])
    let host = UnsafeMutablePointer<jf_host>.allocate(capacity: 1)
    pointer = UnsafePointer(host)
    host.initialize(
      to: jf_host(
        size: UInt32(MemoryLayout<jf_host>.size), abi_major: ABIVersion.host.major,
        abi_minor: ABIVersion.host.minor, impl: nil,
        interface: { host, id in
          RuntimeHost.of(host)?.table(String(cString: id))
        },
        log: { host, level, line in
          RuntimeHost.of(host)?.log(call: 0, level: level, line: line)
        }))
    host.pointee.impl = Unmanaged.passRetained(self).toOpaque()
  }

  private static func of(_ host: UnsafePointer<jf_host>) -> RuntimeHost? {
    host.pointee.impl.map { Unmanaged<RuntimeHost>.fromOpaque($0).takeUnretainedValue() }
  }

  private func table(_ id: String) -> UnsafeRawPointer? {
    guard granted.contains(id) else { return nil }
    switch id {
    case JF_VALUE_INTERFACE: return ValueTable.table.pointer
    case JF_CALL_INTERFACE: return CallTable.table.pointer
    case JF_HTTP_INTERFACE: return HTTPTable.table.pointer
    case JF_RECORDS_INTERFACE: return RecordsTable.table.pointer
    case JF_MAIL_INTERFACE: return MailTable.table.pointer
    case JF_RUNS_INTERFACE: return RunsTable.table.pointer
    case JF_EVENTS_INTERFACE: return EventsTable.table.pointer
    case JF_BLOBS_INTERFACE: return BlobsTable.table.pointer
    default: return nil
    }
  }

  /// One line, cut at 8 KiB; an unknown level is an error's.
  func log(call: UInt32, level: jf_level, line: jf_bytes) {
    let known = (0...3).contains(level) ? UInt8(level) : 3
    backend.log(call: call, level: known, text: line.text(limit: 8 << 10))
  }
}
