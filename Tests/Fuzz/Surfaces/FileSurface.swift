// SPDX-License-Identifier: Apache-2.0
// Names and types of files as strangers give them, and the names of blobs.
import HostServices
import Store
import Values

extension Surface {
  /// **Shape** of an input: a Content-Disposition in the first line, then the URL that answered.
  static let file = Surface(
    name: "file",
    summary: "what a file is called leads nowhere else; a type is an essence; a blob's name is found",
    mostBytes: 2_048,
    words: [
      "attachment; ", "filename=", "filename*=UTF-8''", "filename*=ISO-8859-1''", "\\\"", "\"", "; ",
      "%2F", "%00", "%C3%A9", "%FF", "../", "..\\", ".pdf", "https://a.example/", "?", "#",
      "\u{202E}", "\u{200B}", "text/plain; charset=utf-8", "sha256-",
    ],
    examine: { (input) throws(BrokenProperty) in
      let (line, rest) = split(input)
      let url = String(decoding: rest, as: UTF8.self)
      let headers: JSONValue = ["content-disposition": .text(line)]
      try examineName(DownloadName.name(headers: headers, url: url))
      for text in [line, url] {
        if let name = FileName.safe(text) { try examineName(name) }
        if let essence = BlobName.essence(text) {
          try require(BlobName.essence(essence) == essence, "an essence is its own essence")
          try require(
            essence.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3B },
            "an essence can stand in a header: \(essence)")
        }
      }
      for id in BlobID.all(in: input) {
        try require(BlobID(text: id.text) == id, "a name that is found is a name")
        try require(
          String(decoding: input, as: UTF8.self).contains(id.text), "\(id) stands in the input")
      }
    })

  private static func examineName(_ name: String) throws(BrokenProperty) {
    try require(FileName.isSafe(name), "a name made safe is safe: \(name)")
    try require(!name.isEmpty && name.utf8.count <= 255, "a name has 1 to 255 bytes: \(name)")
    try require(
      !name.contains("/") && !name.contains("\\") && !name.hasPrefix("."),
      "a name leads nowhere: \(name)")
    try require(
      !name.unicodeScalars.contains { $0.value < 32 || (127...159).contains($0.value) },
      "a name has no control character: \(name)")
  }
}
