// SPDX-License-Identifier: Apache-2.0
// multipart/form-data as libcurl writes it.
import CCurlCalls
import CurlTransport
import ExchangeValues

/// Owns a form and the files it is read from.
///
/// **Ownership**: outlives the transfer, which is given up before it.
final class FormBody {
  private let form: OpaquePointer
  private var kept: [FileBody] = []

  init(_ parts: [FormPart], for easy: CurlEasy) throws(ExchangeFailure) {
    guard let form = curl_mime_init(easy.handle) else { throw Self.noMemory }
    self.form = form
    for part in parts { try add(part) }
  }

  deinit { curl_mime_free(form) }

  /// For CURLOPT_MIMEPOST.
  var pointer: UnsafeMutableRawPointer { UnsafeMutableRawPointer(form) }

  private func add(_ part: FormPart) throws(ExchangeFailure) {
    guard let place = curl_mime_addpart(form) else { throw Self.noMemory }
    switch part {
    case .value(let name, let bytes):
      try check(curl_mime_name(place, name))
      try check(bytes.withCString { curl_mime_data(place, $0, bytes.count) })
    case .file(let name, let body, let fileName, let type):
      // One of its own for each transfer: a redirect reads from the beginning again.
      let body = FileBody(descriptor: body.descriptor, size: body.size)
      kept.append(body)
      try check(curl_mime_name(place, name))
      try check(jf_mime_read(place, body.size, FileBody.read, FileBody.seek, body.context))
      try check(curl_mime_filename(place, fileName))
      if !type.isEmpty { try check(curl_mime_type(place, type)) }
    }
  }

  private func check(_ code: CURLcode) throws(ExchangeFailure) {
    guard code == CURLE_OK else {
      throw .invalid("bad_part", "libcurl does not take a part of the form: \(CurlReason.text(code))")
    }
  }

  private static let noMemory = ExchangeFailure(
    .unavailable, "out_of_memory", "no memory for the form")
}
