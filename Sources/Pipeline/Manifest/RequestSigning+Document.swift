// SPDX-License-Identifier: Apache-2.0
// Reading how a credential signs a request.

extension HMACSigning {
  private static let keys = [
    "header", "algorithm", "over", "encoding", "written_as", "timestamp_header", "id_header", "key",
  ]

  static func read(_ source: DocumentValue, secret: String, fields: [String]) -> HMACSigning? {
    guard let object = source.object(keys: keys),
      let header = SendAs.text(object.required("header"), fields),
      let algorithm = object.required("algorithm")?.choice(Algorithm.self)
    else { return nil }
    var signing = HMACSigning(header: header, secret: secret, algorithm: algorithm)
    if let over = object["over"] {
      guard let text = places(over, ["body", "timestamp", "id"], needs: "body") else { return nil }
      signing.over = text
    }
    if let written = object["written_as"] {
      guard let text = places(written, ["signature", "timestamp"], needs: "signature")
      else { return nil }
      signing.writtenAs = text
    }
    signing.encoding = object["encoding"]?.choice(Encoding.self) ?? .hex
    signing.keyForm = object["key"]?.choice(KeyForm.self) ?? .text
    signing.timestampHeader = object["timestamp_header"]?.text(atMost: PipelineLimits.titleLength)
    signing.idHeader = object["id_header"]?.text(atMost: PipelineLimits.titleLength)
    return signing.tellsWhatItSigns(source) ? signing : nil
  }

  /// A text whose only places are `known`, `needed` among them and once.
  private static func places(
    _ source: DocumentValue, _ known: [String], needs needed: String
  ) -> String? {
    guard let text = source.text(atMost: PipelineLimits.titleLength),
      SendAs.checkFields(of: text, source, fields: known, of: "a signature")
    else { return nil }
    guard SendAs.fieldNames(of: text).filter({ $0 == needed }).count == 1 else {
      source.error("bad_send_as", "\(source.label) needs {\(needed)} once")
      return nil
    }
    return text
  }

  /// What a peer is not told it cannot verify.
  private func tellsWhatItSigns(_ source: DocumentValue) -> Bool {
    if over.contains("{timestamp}"), timestampHeader == nil, !writtenAs.contains("{timestamp}") {
      source.error(
        "bad_send_as",
        "\"over\" signs {timestamp}, which nothing tells the peer: add \"timestamp_header\", or "
          + "{timestamp} to \"written_as\"")
      return false
    }
    if over.contains("{id}"), idHeader == nil {
      source.error(
        "bad_send_as", "\"over\" signs {id}, which nothing tells the peer: add \"id_header\"")
      return false
    }
    return true
  }
}

extension AWSSigning {
  static func read(_ source: DocumentValue, fields: [String]) -> AWSSigning? {
    guard
      let object = source.object(
        keys: ["access_key", "secret_key", "session_token", "region", "service"]),
      let accessKey = SendAs.text(object.required("access_key"), fields),
      let secretKey = SendAs.text(object.required("secret_key"), fields),
      let region = SendAs.text(object.required("region"), fields),
      let service = SendAs.text(object.required("service"), fields)
    else { return nil }
    var signing = AWSSigning(
      accessKey: accessKey, secretKey: secretKey, region: region, service: service)
    if let token = object["session_token"] {
      guard let text = SendAs.text(token, fields) else { return nil }
      signing.sessionToken = text
    }
    return signing
  }
}
