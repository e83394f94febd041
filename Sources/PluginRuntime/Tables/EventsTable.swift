// SPDX-License-Identifier: Apache-2.0
// "jackfield.events/1": events from outside, and news of what went out.
import CJackfield
import Values

/// The functions over events; each is one request, gathered by the host.
enum EventsTable {
  static let table = StaticTable(
    jf_events_interface(
      size: UInt32(MemoryLayout<jf_events_interface>.size), reserved: 0,
      raise: { call, kind, key, event, out in
        out?.pointee = nil
        return RuntimeCall.serve(call, 20) {
          $0.objectBegin()
          $0.key("kind")
          $0.text(kind.view)
          $0.key("key")
          $0.text(key.view)
          $0.key("event")
          $0.copy(UnsafePointer(event))
          $0.end()
        } accept: {
          $0.accept($1, out)
        }
      },
      settle: { call, key, news, out in
        out?.pointee = nil
        return RuntimeCall.serve(call, 21) {
          $0.objectBegin()
          $0.key("key")
          $0.text(key.view)
          $0.key("news")
          $0.copy(UnsafePointer(news))
          $0.end()
        } accept: {
          $0.accept($1, out)
        }
      }))
}
