// SPDX-License-Identifier: Apache-2.0
//
// What one shared object says of the libraries it needs.

/// The part of an image that the loader follows.
struct LibraryLinks: Sendable {
  private(set) var needed: [String] = []
  /// Each a folder; `$ORIGIN` is the folder of the file itself.
  private(set) var searchPaths: [String] = []
  /// nil for an image that has no place among files.
  private(set) var folder: String?

  init() {}

  /// Reads them; a file that is no image of this machine needs nothing.
  init(bytes: [UInt8], folder: String?) {
    self.folder = folder
    let reader = ELFReader(bytes: bytes)
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]),
      let segments = try? ELFSegments(reader),
      let dynamic = try? ELFDynamic(reader, segments)
    else { return }
    needed = dynamic.needed
    searchPaths = dynamic.searchPaths.flatMap { $0.split(separator: ":").map(String.init) }
  }
}
