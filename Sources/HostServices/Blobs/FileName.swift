// SPDX-License-Identifier: Apache-2.0
// Names of files that come from outside.
import Values

/// What may be a file's name here: one that leads nowhere else and looks like what it is.
package enum FileName {
  package static func isSafe(_ name: String) -> Bool { safe(name) == name }

  /// A name made safe: the last part of a path, without what cannot be seen, turns the direction of
  /// writing or hides the file, and short enough; nil where nothing is left.
  package static func safe(_ text: String) -> String? {
    let last = text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
    var scalars = String.UnicodeScalarView()
    for scalar in last.unicodeScalars where !isHidden(scalar) { scalars.append(scalar) }
    while let first = scalars.first, first == "." || first == " " { scalars.removeFirst() }
    while let end = scalars.last, end == " " || end == "." { scalars.removeLast() }
    return shortened(String(scalars))
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .privateUse: true
    default: "<>:\"|?*".unicodeScalars.contains(scalar)
    }
  }

  /// Cut before the extension, between characters.
  private static func shortened(_ name: String) -> String? {
    guard name.utf8.count > BlobName.longestName else { return name.isEmpty ? nil : name }
    var (stem, ending) = (name[...], "")
    if let dot = name.lastIndex(of: "."), name[dot...].utf8.count <= 16 {
      (stem, ending) = (name[..<dot], String(name[dot...]))
    }
    while stem.utf8.count + ending.utf8.count > BlobName.longestName { stem.removeLast() }
    return stem.isEmpty ? nil : stem + ending
  }
}
