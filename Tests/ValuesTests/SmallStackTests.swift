// SPDX-License-Identifier: Apache-2.0
// The deepest text there may be, on the smallest stack a worker's thread has.

import Glibc
import Testing
import Values

struct SmallStackTests {
  /// Runs on a thread with a stack of 128 KiB and waits for it; an overflow would end the process.
  private func onSmallStack(_ body: @escaping @Sendable () -> Void) {
    final class Start: Sendable {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 128 << 10)
    var thread = pthread_t()
    let start = Unmanaged.passRetained(Start(body)).toOpaque()
    let failed = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, start)
    #expect(failed == 0)
    pthread_join(thread, nil)
    pthread_attr_destroy(&attributes)
  }

  @Test func `the deepest text is read, built, written and freed on 128 KiB of stack`() {
    onSmallStack {
      let depth = JSONLimits.standard.depth
      let text = Array(
        (String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
      let names =
        String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
      for source in [text, Array(names.utf8)] {
        let value = try? JSONValue(parsing: source)
        #expect(value?.jsonBytes == source)
        let tape = try? JSONTape(parsing: source)
        #expect(tape?.jsonBytes == source)
        #expect(tape?.value.jsonBytes == source)
        let builder = JSONBuilder()
        tape?.withRoot { builder.copy($0) }
        #expect((try? builder.finish()) == source)
      }
    }
  }
}
