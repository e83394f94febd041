// SPDX-License-Identifier: Apache-2.0
// The last error of each thread of a call.
import CJackfield
import Glibc
import Values

/// Errors of services by the thread that saw them; a call has one thread, seldom several.
struct ThreadErrors {
  private var entries: [(thread: pthread_t, status: jf_status, document: JSONTape?)] = []

  mutating func set(_ status: jf_status, _ document: JSONTape?) {
    let thread = pthread_self()
    entries.removeAll { $0.thread == thread }
    entries.append((thread, status, document))
  }

  /// The error of the calling thread; the texts live as long as this entry's document.
  var current: (status: jf_status, document: JSONTape?)? {
    let thread = pthread_self()
    return entries.first { $0.thread == thread }.map { ($0.status, $0.document) }
  }

  mutating func removeAll() {
    if !entries.isEmpty { entries.removeAll() }
  }
}
