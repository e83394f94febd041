// SPDX-License-Identifier: Apache-2.0
// Forms with files.

import Crypto
import Values

/// `multipart/form-data`. Nothing is written to disk, and a file's name is a text like any other.
///
/// **Source** RFC 7578, RFC 2046 section 5.1
struct MultipartBody {
  private let body: [UInt8]
  private let delimiter: [UInt8]

  init(_ body: [UInt8], contentType: String) throws(IngressError) {
    guard let boundary = HeaderParameters(contentType)["boundary"], !boundary.isEmpty,
      boundary.utf8.count <= 70
    else {
      throw MultipartBody.wrong("its content type names no boundary")
    }
    self.body = body
    delimiter = Array("\r\n--\(boundary)".utf8)
  }

  /// The parts by name: texts; files as `{file_name, content_type, size_bytes, base64}`; a repeated
  /// name becomes a list.
  func fields() throws(IngressError) -> JSONObject {
    var fields = JSONObject()
    var count = 0
    // The first delimiter may stand at the very beginning, without its line break.
    let text = [0x0D, 0x0A] + body
    guard var at = find(delimiter, in: text, from: 0) else {
      throw MultipartBody.wrong("its boundary is not in it")
    }
    while true {
      at += delimiter.count
      if text[at...].starts(with: Array("--".utf8)) { return fields }
      guard let line = find([0x0D, 0x0A], in: text, from: at),
        let end = find(delimiter, in: text, from: line)
      else { throw MultipartBody.wrong("it ends in the middle of a part") }
      count += 1
      guard count <= IngressLimits.parts else {
        throw MultipartBody.wrong("it has more than \(IngressLimits.parts) parts")
      }
      let (name, value) = try part(Array(text[(line + 2)..<max(line + 2, end)]))
      fields.gather(name, value)
      at = end
    }
  }

  private func part(_ part: [UInt8]) throws(IngressError) -> (String, JSONValue) {
    let text = [0x0D, 0x0A] + part
    guard let split = find(Array("\r\n\r\n".utf8), in: text, from: 0),
      split <= IngressLimits.partHeaderBytes
    else { throw MultipartBody.wrong("a part has no end of its headers") }
    let content = Array(text[(split + 4)...])
    var type: String?
    var disposition: HeaderParameters?
    for line in String(decoding: text[..<split], as: UTF8.self).split(separator: "\r\n") {
      let name = line.prefix { $0 != ":" }.lowercased()
      let value = line.dropFirst(name.count + 1).drop { $0 == " " }
      if name == "content-disposition" { disposition = HeaderParameters(String(value)) }
      if name == "content-type" { type = String(value) }
    }
    guard let disposition, let name = disposition["name"] else {
      throw MultipartBody.wrong("a part has no name")
    }
    guard let file = disposition["filename"] else {
      return (name, .text(String(decoding: content, as: UTF8.self)))
    }
    return (
      name,
      [
        "file_name": .text(file), "content_type": .text(type ?? "application/octet-stream"),
        "size_bytes": .integer(Int64(content.count)), "base64": .text(Base64.encode(content)),
      ]
    )
  }

  /// Where a pattern next begins.
  private func find(_ pattern: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    guard text.count >= pattern.count, let first = pattern.first else { return nil }
    let last = text.count - pattern.count
    var at = start
    while at <= last {
      if text[at] == first && text[at..<at + pattern.count].elementsEqual(pattern) { return at }
      at += 1
    }
    return nil
  }

  private static func wrong(_ what: String) -> IngressError {
    IngressError(code: "bad_multipart", message: "the multipart body cannot be read: \(what)")
  }
}
