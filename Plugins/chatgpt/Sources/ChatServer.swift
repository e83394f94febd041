// SPDX-License-Identifier: Apache-2.0
// Where to ask.
import JackfieldBase
import JackfieldPlugin

/// One server, as its credential describes it; the host adds the key.
struct ChatServer {
  let credential: String
  let model: String?
  let api: ChatAPI
  /// What it calls the limit of a chat completion's length.
  let tokenField: String
  private let url: String
  private let headers: [HTTPHeader]

  /// The named credential, else the project's only one of kind `openai`.
  init(_ name: String?, _ call: Call) throws(ActionError) {
    let wanted = name.given
    let fields = try call.credential(named: wanted)
    func field(_ name: String) -> String? {
      (fields[name]?.asText).given
    }
    credential = field("name") ?? wanted ?? ""
    if let kind = field("kind"), kind != "openai" {
      throw .invalidInput(
        "wrong_credential_kind", "credential \(credential) is of kind \(kind): name one of openai")
    }
    model = field("model")
    var base = field("base_url") ?? "https://api.openai.com/v1"
    while base.hasSuffix("/") { base.removeLast() }
    api = field("api").flatMap { ChatAPI(rawValue: $0) } ?? .chatCompletions
    url = base + api.path
    let isOpenAI = base.hasPrefix("https://api.openai.com/")
    tokenField = field("token_field") ?? (isOpenAI ? "max_completion_tokens" : "max_tokens")
    headers = [("OpenAI-Organization", field("organization")), ("OpenAI-Project", field("project"))]
      .compactMap { name, value in value.map { HTTPHeader(name, $0) } }
  }

  func request(_ body: JSONValue) -> HTTPRequest {
    .json("POST", url, body, headers: headers, credential: credential)
  }
}
