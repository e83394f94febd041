// SPDX-License-Identifier: Apache-2.0
// A project with a WhatsApp channel that leads to the strict server.
import TestKit
import Testing
import Values

/// The channel *phone*, the credential *wa*, and the Cloud API of the tests.
struct WhatsAppWorld {
  let keeper = Operator()
  let cloud: PythonServer

  /// - Parameters:
  ///   - wrong: parts of the credential that are not the server's.
  ///   - errors: what the server answers whom, as `whatsapp_cloud.py --help` says.
  ///   - hosts: what the plugin may talk to beside the server.
  ///   - settings: of the channel.
  ///   - more: plugins beside it.
  init(
    _ wrong: [String: String] = [:], errors: String = "{}", server: [String] = [],
    hosts: [String] = [], settings: JSONObject = [:], plugins more: JSONObject = [:]
  ) throws {
    cloud = try PythonServer("whatsapp_cloud", ["--errors", errors] + server)
    var plugins: JSONObject = [
      "whatsapp": Document.plugin(
        hosts: ["127.0.0.1:\(cloud.port)"] + hosts, credentials: ["wa"])
    ]
    for member in more { plugins[member.name] = member.value }
    try keeper.apply(
      project: Document.project(
        plugins: plugins,
        channels: [
          [
            "name": "phone", "kind": "whatsapp_cloud", "credential": "wa",
            "settings": .object(settings),
          ]
        ]))
    try keeper.set(
      credential: "wa", kind: "whatsapp_cloud",
      fields: [
        "phone_number_id": wrong["phone_number_id"] ?? "106540352242922",
        "base_url": cloud.url, "api_version": wrong["api_version"] ?? "v23.0",
      ], secret: wrong["token"] ?? "token-of-the-test")
  }

  func send(_ text: String) throws -> (view: RunView, code: Int32) {
    try send(["to": ["+15550002222"], "text": .text(text), "require_all": true])
  }

  /// One run that sends, and what became of it.
  func send(
    _ content: JSONObject, event: JSONValue = [:], _ more: JSONObject = [:]
  ) throws -> (view: RunView, code: Int32) {
    var parameters: JSONObject = ["to": "+15550002222", "channel": "phone"]
    for member in content { parameters[member.name] = member.value }
    return try keeper.run(
      Document.connector(
        "notify",
        Document.action("send", "whatsapp.send_message", with: .object(parameters), more)),
      event: event)
  }

  /// What the server received, oldest first: each with its `status`, `answer` and parsed `message`.
  func received() throws -> [JSONValue] {
    try cloud.requestLines.map { line in
      var request = try JSONValue(parsing: line).asObject ?? [:]
      request["message"] = try? JSONValue(parsing: request["body"]?.asText ?? "")
      return .object(request)
    }
  }

  /// Whom the server took a message for, in the order of arrival.
  func reached() throws -> [String] {
    try received().filter { $0["status"] == 200 }.compactMap { $0["message"]?["to"]?.asText }
  }
}
