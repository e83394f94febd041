// SPDX-License-Identifier: Apache-2.0
// Published webhook bodies through a connector that filters, stores, posts and mails.
import TestKit
import Testing
import Values

@Suite struct EventTests {
  /// The bodies that lie beside the project; none in a clone of it alone.
  static let files: [String] = {
    guard let folder = SharedData.folder.map({ $0 + "/data/events" }) else { return [] }
    return TestFile.names(in: folder).filter { $0.hasSuffix(".json") }.map { folder + "/" + $0 }
  }()

  @Test(.enabled(if: !files.isEmpty, "no published events beside the project"), arguments: files)
  func `a published event becomes a row, a request and a mail`(file: String) throws {
    let text = try #require(TestFile.text(of: file))
    let event = try JSONValue(parsing: text)
    let isStripe = event["type"] != nil
    let path = isStripe ? "event.type" : "event.sender.login"
    let key = try #require(isStripe ? event["type"]?.asText : event["sender"]?["login"]?.asText)
    let world = try World()

    let (view, code) = try world.keeper.run(world.connector(path, is: key), eventFile: file)

    #expect(code == 0, "\(view)")
    #expect(view.state == "succeeded", "\(view)")
    #expect(try world.keeper.keys() == [key])
    try world.target.waitForRequests(1)
    #expect(world.target.requestLines.count == 1)
    let request = try JSONValue(parsing: world.target.requestLines[0])
    #expect(request["method"] == "POST" && request["path"] == "/events")
    let sent = try JSONValue(parsing: try #require(request["body"]?.asText))
    #expect(sent["key"] == .text(key))
    var whole = try #require(event.asObject)
    whole["custom_variables"] = [:]
    #expect(sent["event"] == .object(whole), "the event arrived as it was published")
    let mail = try #require(world.mails().first)
    #expect(world.mails().count == 1)
    #expect(mail.contains("Subject: seen \(key)"), "\(mail)")
    #expect(mail.contains("To: team@test.test"), "\(mail)")
    #expect(mail.contains("the target answered 200"), "\(mail)")
  }

  @Test func `an event that a filter keeps back leaves nothing behind`() throws {
    let world = try World()

    let (view, code) = try world.keeper.run(
      world.connector("event.kind", is: "wanted"), event: ["kind": "other"])

    #expect(code == 0)
    #expect(view.state == "stopped", "\(view)")
    #expect(try world.keeper.keys().isEmpty)
    #expect(world.target.requestLines.isEmpty)
    #expect(world.mails().isEmpty)
  }

  /// A folder with a project, an HTTP target and a mail server.
  struct World {
    let keeper = Operator()
    let target: PythonServer
    let mailServer: PythonServer

    init() throws {
      target = try PythonServer("http_target")
      mailServer = try PythonServer("smtp_server", ["--mails", keeper.folder.file("mails")])
      try keeper.apply(
        project: Document.project(
          plugins: [
            "http": Document.plugin(hosts: ["127.0.0.1:\(target.port)"]),
            "email": Document.plugin(credentials: ["mail_account"]),
          ],
          constants: ["target": .text(target.url)],
          channels: [["name": "mail", "kind": "email", "credential": "mail_account"]]))
      try keeper.setMailAccount(port: mailServer.port)
    }

    func connector(_ path: String, is key: String) -> JSONValue {
      Document.connector(
        "published",
        [
          "filter": [
            "all": [
              ["left": .text("{{\(path)}}"), "type": "text", "op": "is", "right": .text(key)]
            ]
          ],
          "else": "stop",
        ],
        Document.row("{{\(path)}}"),
        Document.action(
          "post", "http.request",
          with: [
            "method": "POST", "url": "{{project.constants.target}}/events", "body_kind": "json",
            "body": ["key": .text("{{\(path)}}"), "event": "{{event}}"],
          ], ["save": "posted"]),
        Document.action(
          "mail", "email.send",
          with: [
            "to": ["team@test.test"], "subject": .text("seen {{\(path)}}"),
            "text": "the target answered {{posted.status}}",
          ]))
    }

    /// The mails that were taken.
    func mails() -> [String] {
      let folder = keeper.folder.file("mails")
      return TestFile.names(in: folder).filter { $0.hasSuffix(".eml") }
        .compactMap { TestFile.text(of: folder + "/" + $0) }
    }
  }
}
