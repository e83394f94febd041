// SPDX-License-Identifier: Apache-2.0
// A part of a form, as the host describes it.
import CurlTransport
import ExchangeValues

/// One field of a form: a value, or a file.
enum FormPart {
  case value(name: String, OwnedBytes)
  case file(name: String, FileBody, fileName: String, type: String)

  static let mostParts = 128

  /// **Throws**: `invalid_input`, code `bad_part`.
  init(reading value: ValueReader, files: AttachedFiles) throws(ExchangeFailure) {
    guard let name = value["name"].text, !name.isEmpty, !UTF8Check.hasControl(name) else {
      throw .invalid("bad_part", "a part of the form has no name, or one with a control character")
    }
    guard let descriptor = try files.descriptor(value["file"]) else {
      guard let bytes = value["value"].textBytes else {
        throw .invalid("bad_part", "a part of the form has neither a value nor a file")
      }
      self = .value(name: name, OwnedBytes(bytes))
      return
    }
    let (fileName, type) = (value["file_name"].text ?? "file", value["type"].text ?? "")
    guard let size = value["bytes"].integer, size >= 0, !UTF8Check.hasControl(fileName),
      !UTF8Check.hasControl(type)
    else {
      throw .invalid("bad_part", "a file of the form has no size, or a control character")
    }
    self = .file(
      name: name, FileBody(descriptor: descriptor, size: size), fileName: fileName, type: type)
  }
}
