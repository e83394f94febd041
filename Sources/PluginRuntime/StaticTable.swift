// SPDX-License-Identifier: Apache-2.0
// Tables of C functions.

/// A table that is written once and lives as long as the process.
// Safe because: nothing writes to it after `init`, and nothing frees it.
struct StaticTable<Table>: @unchecked Sendable {
  let pointer: UnsafeRawPointer

  init(_ table: Table) {
    let room = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    room.initialize(to: table)
    pointer = UnsafeRawPointer(room)
  }
}
