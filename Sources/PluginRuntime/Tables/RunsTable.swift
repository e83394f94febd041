// SPDX-License-Identifier: Apache-2.0
// "jackfield.runs/1": this run, and other runs of the project.
import CJackfield
import Values

/// The functions over runs; each is one request, gathered by the host.
enum RunsTable {
  static let table = StaticTable(
    jf_runs_interface(
      size: UInt32(MemoryLayout<jf_runs_interface>.size), reserved: 0,
      start: { call, connector, event, options, out in
        out?.pointee = nil
        return RuntimeCall.serve(call, 8) {
          RunsTable.begin($0, connector)
          RunsTable.value("event", event, $0)
          RunsTable.value("options", options, $0)
          $0.end()
        } accept: {
          $0.accept($1, out)
        }
      },
      cancel_delays: { call, delays, options, out in
        out?.pointee = nil
        return RuntimeCall.serve(call, 9) {
          $0.objectBegin()
          RunsTable.value("delays", delays, $0)
          RunsTable.value("options", options, $0)
          $0.end()
        } accept: {
          $0.accept($1, out)
        }
      },
      leave: { call, connector, subject, out in
        out?.pointee = nil
        return RuntimeCall.serve(call, 10) {
          RunsTable.begin($0, connector)
          $0.key("subject")
          $0.text(subject.view)
          $0.end()
        } accept: {
          $0.accept($1, out)
        }
      },
      stop: { call, reason in
        RuntimeCall.serve(call, 11) {
          $0.objectBegin()
          $0.key("reason")
          $0.text(reason.view)
          $0.end()
        }
      }))

  private static func begin(_ builder: JSONBuilder, _ connector: jf_bytes) {
    builder.objectBegin()
    builder.key("connector")
    builder.text(connector.view)
  }

  /// A null pointer is left out: the host tells it from a value that is null.
  private static func value(_ name: String, _ value: OpaquePointer?, _ builder: JSONBuilder) {
    guard let value else { return }
    builder.key(name)
    builder.copy(UnsafePointer(value))
  }
}
