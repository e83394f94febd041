// SPDX-License-Identifier: Apache-2.0
// Tables of the ABI that live as long as the image.

/// A table at an address that never changes.
///
/// Safe because: it is filled once, before its pointer is handed out, and only read afterwards.
struct Frozen<Table>: @unchecked Sendable {
  let pointer: UnsafePointer<Table>

  init(_ table: Table) {
    let memory = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    memory.initialize(to: table)
    pointer = UnsafePointer(memory)
  }
}
