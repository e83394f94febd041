// SPDX-License-Identifier: Apache-2.0
// Reading a mapped response.

import Values

extension RespondMapping {
  /// The connection is the listener's: a document cannot set what frames the answer.
  private static let refusedHeaders: Set<String> = [
    "content-length", "transfer-encoding", "connection", "date", "upgrade", "trailer",
  ]

  static func read(_ source: DocumentValue) -> RespondMapping? {
    guard let object = source.object(keys: ["after", "wait", "status", "headers", "body"]) else {
      return nil
    }
    var respond = RespondMapping()
    respond.after = object["after"]?.name().map { StepID($0) }
    if let source = object["wait"], let wait = source.duration() {
      if wait > PipelineLimits.respondWait {
        source.error(
          "out_of_range",
          "\"wait\" is \(DurationText.text(wait)): a caller is kept for at most "
            + "\(DurationText.text(PipelineLimits.respondWait)), after that it gets the 202")
      }
      respond.wait = wait
    }
    if let status = object["status"]?.integer(in: 200...599) { respond.status = Int(status) }
    respond.headers =
      object["headers"]?.map(atMost: PipelineLimits.keptHeaders)?.all.compactMap(readHeader) ?? []
    respond.body = object["body"].map { TemplateTree.read($0) }
    return respond
  }

  private static func readHeader(_ name: String, _ value: DocumentValue) -> TemplateMember? {
    let isToken =
      !name.isEmpty
      && name.utf8.allSatisfy { byte in
        (97...122).contains(byte | 0x20) || (48...57).contains(byte) || byte == 45 || byte == 95
      }
    guard isToken, !refusedHeaders.contains(name.lowercased()) else {
      value.error(
        "bad_header",
        isToken
          ? "the header \"\(name)\" is set by the host: remove it"
          : "\"\(name)\" is no header name: write letters, digits and -")
      return nil
    }
    guard value.text(atMost: 8_192, mayBeEmpty: true) != nil else { return nil }
    return TemplateMember(name: name, value: TemplateTree.read(value))
  }
}
