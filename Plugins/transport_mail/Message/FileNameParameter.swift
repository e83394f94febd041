// SPDX-License-Identifier: Apache-2.0
// A file's name in a Content-Disposition header.
import ExchangeValues

/// The `filename` parameters: plain for plain names; for others an ASCII stand-in and the true
/// name, in pieces where it is long.
///
/// **Source**: RFC 2183; RFC 2231, sections 3 and 4.
package enum FileNameParameter {
  private static let pieceLength = 60

  /// Begins with `;`, each parameter on its own line.
  package static func text(_ name: String) -> String {
    let standIn = String(name.map { isSafe($0) ? $0 : "_" })
    guard standIn != name || name.utf8.count > pieceLength else {
      return ";\r\n filename=\"\(name)\""
    }
    let short = String(standIn.suffix(pieceLength))
    // The true name first: Python's parser, for one, takes whichever comes first.
    return encoded(name) + ";\r\n filename=\"\(short)\""
  }

  private static func isSafe(_ character: Character) -> Bool {
    guard let value = character.asciiValue else { return false }
    return (0x20...0x7E).contains(value) && ![0x22, 0x25, 0x5C, 0x2F].contains(value)
  }

  private static func encoded(_ name: String) -> String {
    let pieces = pieces(of: name)
    if pieces.count == 1 { return ";\r\n filename*=UTF-8''\(pieces[0])" }
    return pieces.enumerated().map { index, piece in
      ";\r\n filename*\(index)*=\(index == 0 ? "UTF-8''" : "")\(piece)"
    }.joined()
  }

  /// The percent-encoded name, cut between escapes.
  private static func pieces(of name: String) -> [String] {
    var pieces: [String] = []
    var piece = ""
    for byte in name.utf8 {
      let next = String(decoding: Percent.encode(CollectionOfOne(byte)), as: UTF8.self)
      if piece.utf8.count + next.utf8.count > pieceLength {
        pieces.append(piece)
        piece = ""
      }
      piece += next
    }
    return pieces + [piece]
  }
}
