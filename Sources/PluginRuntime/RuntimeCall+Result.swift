// SPDX-License-Identifier: Apache-2.0
// The result of a call, as the plugin sets it.
import CJackfield
import Values

extension RuntimeCall {
  /// **Unit**: bytes, as the ABI says.
  static let resultLimit = 1 << 20
  private static let messageLimit = 8 << 10
  private static let codeLimit = 128

  /// A problem of the plugin's own, for its log.
  struct Complaint {
    let host: RuntimeHost?
    let call: UInt32
    let text: String

    func log() { host?.backend.log(call: call, level: 3, text: text) }
  }

  /// Sets the result unless there is one; answers what is wrong with it.
  func setResult(value: UnsafePointer<JSONTape.Node>?) -> Complaint? {
    guard result == nil else { return complain("a result was set twice: the first one counts") }
    guard let value, value.type == .object else {
      let what = value.map { "\($0.type)" } ?? "null"
      return complain("a result has to be an object, this one is \(what)")
    }
    let json = json(of: value)
    guard json.count <= Self.resultLimit else {
      return complain(
        "a result of \(json.count) bytes is over \(Self.resultLimit): return less of it")
    }
    result = CallResult(status: JF_OK, json: json)
    return nil
  }

  /// The same, where the result waits for news of what was sent.
  func setResult(
    value: UnsafePointer<JSONTape.Node>?, awaiting count: Int64, within: Int64
  ) -> Complaint? {
    guard (1...1_000).contains(count), (1...30 * 86_400_000).contains(within) else {
      return complain(
        "a wait for news is of 1 to 1000 targets and of 1 ms to 30 days, not \(count) and "
          + "\(within) ms")
    }
    if let complaint = setResult(value: value) { return complaint }
    guard let set = result else { return nil }
    let terms = Array("{\"count\":\(count),\"within_ms\":\(within),\"result\":".utf8)
    guard terms.count + set.json.count < Self.resultLimit else {
      result = nil
      return complain("a result of \(set.json.count) bytes that waits is too large: return less")
    }
    result = CallResult(status: CallResult.waits, json: terms + set.json + [UInt8(ascii: "}")])
    return nil
  }

  func setResult(error: jf_error) -> Complaint? {
    guard result == nil else { return complain("a result was set twice: the first one counts") }
    let isClass = error.status != JF_OK
    let detail = error.detail.map { UnsafePointer<JSONTape.Node>($0) }
    var json = document(of: error, detail: detail)
    if json.count > Self.resultLimit { json = document(of: error, detail: nil) }
    result = CallResult(status: isClass ? StatusName.known(error.status) : JF_BUG, json: json)
    return isClass ? nil : complain("an error with the class JF_OK: set jf_error.status")
  }

  private func document(
    of error: jf_error, detail: UnsafePointer<JSONTape.Node>?
  ) -> [UInt8] {
    RuntimeError.json(
      error.code.text(limit: Self.codeLimit), error.message.text(limit: Self.messageLimit),
      providerCode: error.provider_code.text(limit: Self.codeLimit),
      retryAfter: error.retry_after_ms, detail: detail)
  }

  func complain(_ text: String) -> Complaint {
    Complaint(host: host, call: number, text: text)
  }
}
