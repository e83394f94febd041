// SPDX-License-Identifier: Apache-2.0
// The opaque pointers that plugins hold: numbers, never addresses.

/// A number in a pointer's clothes: an index and a generation that no other use of the index has.
///
/// A plugin that keeps one too long is found out, where with an address it would read what the
/// memory has become since.
struct Handle: Equatable {
  static let indexBits = 16
  static let capacity = 1 << indexBits

  let index: Int
  /// Counts from 1, so no handle is null.
  let generation: UInt

  init(index: Int, generation: UInt) {
    self.index = index
    self.generation = generation
  }

  init(_ pointer: OpaquePointer) {
    let bits = UInt(bitPattern: pointer)
    index = Int(bits & UInt(Self.capacity - 1))
    generation = bits >> Self.indexBits
  }

  /// nil only for the generation 0, which is never handed out.
  var pointer: OpaquePointer? {
    OpaquePointer(bitPattern: generation << Self.indexBits | UInt(index))
  }
}
