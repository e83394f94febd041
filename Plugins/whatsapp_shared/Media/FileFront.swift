// SPDX-License-Identifier: Apache-2.0
// What the first bytes of a file tell.

/// The front of a file, against what it is called.
struct FileFront {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Why these bytes are no file of this kind and type, as the end of a sentence; nil where nothing
  /// speaks against it.
  func contradiction(to kind: MediaKind, type: String?) -> String? {
    guard !bytes.isEmpty else { return nil }
    if let contradictionOfPages { return contradictionOfPages }
    let isIt =
      switch kind {
      case .image: begins([0xFF, 0xD8, 0xFF]) || begins([0x89, 0x50, 0x4E, 0x47])
      case .video: holds("ftyp", at: 4)
      case .document: type == "application/pdf" ? begins(Array("%PDF".utf8)) : true
      case .audio: true
      }
    return isIt ? nil : "does not begin as a \(type ?? kind.rawValue) file does"
  }

  /// The same for HTML alone, whatever it is called: login pages and error pages are.
  var contradictionOfPages: String? {
    let text = String(decoding: bytes.drop { $0 <= 0x20 || $0 >= 0x80 }, as: UTF8.self).lowercased()
    let isPage = text.hasPrefix("<!doctype html") || text.hasPrefix("<html")
    return isPage ? "is a web page: link the file itself" : nil
  }

  private func begins(_ front: [UInt8]) -> Bool { bytes.starts(with: front) }

  private func holds(_ text: String, at place: Int) -> Bool {
    bytes.count > place && bytes[place...].starts(with: Array(text.utf8))
  }
}
