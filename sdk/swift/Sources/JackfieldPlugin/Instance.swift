// SPDX-License-Identifier: Apache-2.0
// One plugin enabled for one project: the host's tables and the settings.
import CJackfield
import Values

/// What `open` found: constant afterwards, so calls on many threads share it.
///
/// Safe because: every member is a constant, and the tables are the host's constants for the
/// instance's life.
final class Instance: @unchecked Sendable {
  let actions: [ExportedAction]
  let values: UnsafePointer<jf_value_interface>
  let calls: UnsafePointer<jf_call_interface>
  let http: UnsafePointer<jf_http_interface>?
  let mail: UnsafePointer<jf_mail_interface>?
  let records: UnsafePointer<jf_records_interface>?
  let runs: UnsafePointer<jf_runs_interface>?
  let events: UnsafePointer<jf_events_interface>?
  let blobs: UnsafePointer<jf_blobs_interface>?
  let settings: JSONValue

  /// Nil when the host lacks the two tables no action can do without.
  init?(host: UnsafePointer<jf_host>, settings: OpaquePointer) {
    guard
      let values = host.table(JF_VALUE_INTERFACE, of: jf_value_interface.self),
      let calls = host.table(JF_CALL_INTERFACE, of: jf_call_interface.self)
    else { return nil }
    self.values = values
    self.calls = calls
    http = host.table(JF_HTTP_INTERFACE, of: jf_http_interface.self)
    mail = host.table(JF_MAIL_INTERFACE, of: jf_mail_interface.self)
    records = host.table(JF_RECORDS_INTERFACE, of: jf_records_interface.self)
    runs = host.table(JF_RUNS_INTERFACE, of: jf_runs_interface.self)
    events = host.table(JF_EVENTS_INTERFACE, of: jf_events_interface.self)
    blobs = host.table(JF_BLOBS_INTERFACE, of: jf_blobs_interface.self)
    self.settings = ForeignValue(pointer: settings, table: values).json
    actions = Plugin.exported.withLock { $0 }
  }

  /// The instance behind the ABI's opaque pointer.
  static func at(_ pointer: OpaquePointer?) -> Instance? {
    pointer.map { Unmanaged<Instance>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }
}

extension UnsafePointer where Pointee == jf_host {
  /// A table of the host, or nil when it has none or one too old for this SDK.
  fileprivate func table<Table>(_ id: String, of type: Table.Type) -> UnsafePointer<Table>? {
    // A host of an earlier version has a shorter table: what its size does not cover is not there.
    let covered = MemoryLayout<jf_host>.offset(of: \.interface) ?? 0
    guard pointee.size >= UInt32(covered + MemoryLayout<UInt>.size),
      let raw = pointee.interface(self, id),
      raw.load(as: UInt32.self) >= UInt32(MemoryLayout<Table>.size)
    else { return nil }
    return raw.assumingMemoryBound(to: type)
  }
}
