// SPDX-License-Identifier: Apache-2.0
// The body of a request as it goes to the transport.
import Pipeline
import PluginHost
import Store
import Values

/// What is sent: bytes that came with the request, or files.
struct OutgoingBody: Sendable {
  /// Bytes beside the transport's request.
  var bytes: [UInt8] = []
  /// What the transport's request counts.
  var files: [BlobFile] = []
  /// `body_file` or `parts` of the transport's request.
  var members: JSONObject = [:]
  var streamed: OutgoingRequest.Streamed?
}

extension OutgoingBody {
  /// A part of a form as a plugin asks for it, checked.
  struct Part {
    let name: String
    /// A value, or a blob with the file's name and type.
    let content: Content

    enum Content {
      case value(String)
      case blob(JSONValue, BlobName)
    }

    /// - Throws: `ActionFailure`, `invalid_input`, code `bad_part`.
    init(_ value: JSONValue) throws(ActionFailure) {
      let name = value["name"]?.asText ?? ""
      guard !name.isEmpty, name.utf8.count <= 1_024, !Part.hasControl(name) else {
        throw Part.bad("its name is empty, over 1,024 bytes or has a control character in it")
      }
      self.name = name
      switch (value["value"], value["blob"]) {
      case (.text(let text)?, nil): content = .value(text)
      case (nil, let blob?):
        var shown = BlobName(reading: blob)
        if let type = value["type"]?.asText, !type.isEmpty {
          guard let essence = BlobName.essence(type) else {
            throw Part.bad("\"\(name)\": its type is no media type, as image/png")
          }
          shown.type = essence
        }
        if let file = value["file_name"]?.asText, !file.isEmpty {
          guard FileName.isSafe(file) else {
            throw Part.bad("\"\(name)\": its file_name is no file name")
          }
          shown.name = file
        }
        content = .blob(blob, shown)
      default: throw Part.bad("\"\(name)\" needs either a text \"value\" or a \"blob\"")
      }
    }

    private static func hasControl(_ text: String) -> Bool {
      text.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
    }

    private static func bad(_ what: String) -> ActionFailure {
      ActionFailure(
        .invalidInput, code: "bad_part", message: "a part of the form cannot be sent: \(what)")
    }
  }

  /// One file as the whole body.
  init(file: BlobFile) {
    files = [file]
    members = ["body_file": ["file": 0, "bytes": .integer(file.size)]]
    streamed = .file(sha256: file.id.hash)
  }

  /// A form; `files` are those of its parts, in order.
  init(_ parts: [Part], files: [BlobFile]) {
    self.files = files
    var next = 0
    let list = parts.map { part -> JSONValue in
      switch part.content {
      case .value(let text): return ["name": .text(part.name), "value": .text(text)]
      case .blob(_, let shown):
        defer { next += 1 }
        return [
          "name": .text(part.name), "file": .integer(Int64(next)),
          "bytes": .integer(files[next].size), "file_name": .text(shown.name),
          "type": .text(shown.type),
        ]
      }
    }
    members = ["parts": .list(list)]
    streamed = .form
  }
}

extension HostServices {
  /// Makes ready what a request sends, and refuses what says two things.
  func outgoingBody(
    _ call: OpenCall, _ request: ServiceRequest, _ value: JSONValue,
    _ done: @escaping @Sendable (Result<OutgoingBody, ActionFailure>) -> Void
  ) {
    let (blob, list) = (value["body_blob"], value["parts"])
    let given = (request.body.isEmpty ? 0 : 1) + (blob == nil ? 0 : 1) + (list == nil ? 0 : 1)
    guard given <= 1 else {
      return done(
        .failure(
          ActionFailure(
            .invalidInput, code: "two_bodies",
            message: "a request has one body: bytes, a blob or parts of a form")))
    }
    if let blob {
      return openBlobs([blob], for: call, request) { result in
        done(result.map { files in files.first.map { OutgoingBody(file: $0) } ?? OutgoingBody() })
      }
    }
    guard let list else { return done(.success(OutgoingBody(bytes: Array(request.body)))) }
    do throws(ActionFailure) {
      let parts = try Self.parts(list)
      let blobs = parts.compactMap { part -> JSONValue? in
        if case .blob(let blob, _) = part.content { blob } else { nil }
      }
      guard !blobs.isEmpty else { return done(.success(OutgoingBody(parts, files: []))) }
      openBlobs(blobs, for: call, request) { result in
        done(result.map { OutgoingBody(parts, files: $0) })
      }
    } catch {
      done(.failure(error))
    }
  }

  private static func parts(_ value: JSONValue) throws(ActionFailure) -> [OutgoingBody.Part] {
    let list = value.asList ?? []
    guard (1...HostServicesLimits.formParts).contains(list.count) else {
      throw ActionFailure(
        .invalidInput, code: "bad_part",
        message: "a form has 1 to \(HostServicesLimits.formParts) parts, not \(list.count)")
    }
    let parts = try list.map { part throws(ActionFailure) in try OutgoingBody.Part(part) }
    let blobs = list.count { $0["blob"] != nil }
    guard blobs <= HostServicesLimits.formBlobs else {
      throw ActionFailure(
        .invalidInput, code: "bad_part",
        message: "a form has at most \(HostServicesLimits.formBlobs) blobs, not \(blobs): send "
          + "several forms")
    }
    return parts
  }
}
