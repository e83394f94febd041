// SPDX-License-Identifier: Apache-2.0
// The gallery of a project, through the built program.
import Glibc
import TestKit
import Testing
import Values

@Suite(.timeLimit(.minutes(20))) struct MediaTests {
  private let keeper = Operator()

  init() throws { try keeper.apply(project: Document.project()) }

  private var blobs: [String] {
    TestFile.names(in: keeper.folder.path + "/blobs/" + Document.project)
  }

  @Test func `a file and a link are added, listed, replaced and removed`() throws {
    let logo = keeper.folder.write("GIF89a", to: "Logo.GIF")
    let added = try keeper.json("media", "add", logo)
    #expect(added["name"] == "Logo.GIF" && added["type"] == "image/gif" && added["bytes"] == 6)
    let hash = try #require(added["blob"]?.asText?.dropFirst(7))
    #expect(blobs == [String(hash)])
    let link = try keeper.json(
      "media", "add", "--url", "https://files.example/a/terms.pdf?v=2#page", "--name", "terms.pdf")
    #expect(link == [
      "name": "terms.pdf", "type": "application/pdf",
      "url": "https://files.example/a/terms.pdf?v=2#page",
    ])
    #expect(try keeper.json("media", "list") == .list([added, link]))
    let shown = try keeper.command("media", "list")
    #expect(shown.contains("Logo.GIF") && shown.contains("6 bytes"), "\(shown)")
    #expect(shown.contains("https://files.example/a/terms.pdf?v=2#page"), "\(shown)")

    let again = try keeper.command(["media", "add", logo, "--name", "logo.gif"])
    #expect(!again.isSuccess && again.errors.contains("--replace"), "one name in any case")
    let other = keeper.folder.write("GIF89a, another", to: "other")
    let replaced = try keeper.json("media", "add", other, "--name", "logo.gif", "--replace")
    #expect(replaced["bytes"] == 15 && replaced["type"] == "image/gif")
    #expect(try keeper.json("media", "list").asList?.count == 2)

    try keeper.command("media", "remove", "LOGO.gif")
    #expect(try keeper.json("media", "list") == .list([link]))
    let gone = try keeper.command(["media", "remove", "term.pdf"])
    #expect(gone.status == .exited(2) && gone.errors.contains("did you mean \"terms.pdf\"?"))
  }

  /// What is no entry: the words, what is said, and how it ends.
  @Test func `what cannot be an entry is refused with what to do, and leaves nothing`() throws {
    let file = keeper.folder.write("x", to: "x.txt")
    let large = keeper.folder.file("large")
    let made = try Subprocess.run("truncate", ["-s", "104857601", large])
    try #require(made.isSuccess)
    let cases: [([String], String)] = [
      ([], "takes a FILE, or a link"), ([file, "--url", "https://a.example/x"], "takes a FILE"),
      ([keeper.folder.file("nowhere")], "cannot read"), ([keeper.folder.file("")], "is no file"),
      (["/dev/zero"], "is no file"), ([large], "--url"),
      ([file, "--name", "a/b"], "no slash"), ([file, "--name", "a\u{1B}[31m"], "no control"),
      ([file, "--name", ""], "--name"), ([file, "--name", String(repeating: "a", count: 256)], "255"),
      ([file, "--type", "text"], "media type"), ([file, "--type", "a/b\nX: y"], "media type"),
      (["--url", "ftp://a.example/x"], "is no link"), (["--url", "https://u:p@a.example/x"], "is no"),
      (["--url", "https://a.example/ü"], "percent-encoded"), (["--url", "https://"], "is no link"),
      (["--url", "https://a.example/" + String(repeating: "a", count: 2_000)], "at most 2000"),
      ([file, "another"], "does not take"), ([file, "--nam", "x"], "did you mean --name?"),
    ]
    for (words, expected) in cases {
      let result = try keeper.command(["media", "add"] + words)
      #expect(!result.isSuccess && result.errors.contains(expected), "\(words): \(result.errors)")
      #expect(!result.errors.contains("\u{1B}"), "\(words)")
    }
    #expect(try keeper.json("media", "list") == [])
    #expect(blobs == [])
    #expect(TestFile.names(in: keeper.folder.path + "/blobs/.incoming") == [])
  }

  @Test func `a running host adds what is named from where the command was typed`() throws {
    let host = try ServedHost(keeper)
    _ = keeper.folder.write("hello", to: "here.txt")
    let folder = keeper.folder.file("here.txt").dropLast(9)
    let result = try Subprocess.run(
      "/bin/sh",
      [
        "-c", #"cd "$0" && "$1" media add here.txt --data "$2" --json"#, String(folder),
        BuiltProducts.program("jackfield"), keeper.folder.path,
      ])
    #expect(result.isSuccess, "\(result.errors)")
    #expect(try JSONValue(parsing: result.output)["name"] == "here.txt")
    try host.stop()
  }

  @Test func `the gallery outlives a document that is exported and applied again, and a sweep`()
    throws
  {
    try keeper.command("media", "add", keeper.folder.write("hello", to: "a.txt"))
    let before = try keeper.json("media", "list")
    let exported = try keeper.command("project", "export")
    try keeper.command("project", "apply", keeper.folder.write(exported, to: "again.json"))
    let host = try ServedHost(keeper)
    let strange = keeper.folder.path + "/blobs/\(Document.project)/rubbish"
    try host.stop()
    #expect(TestFile.write("x", to: strange))
    let next = try ServedHost(keeper)
    try poll(for: "the sweep") { TestFile.exists(strange) ? nil : () }
    #expect(try keeper.json("media", "list") == before && blobs.count == 1)
    try next.stop()
  }

  @Test func `a mail takes a file of the gallery and one that was saved`() throws {
    let server = try PythonServer("smtp_server")
    let target = try PythonServer(
      "http_target",
      ["--script", #"[{"body": "%PDF-1.7", "headers": {"Content-Type": "application/pdf"}}]"#])
    try keeper.apply(
      project: Document.project(
        plugins: [
          "base": [:],
          "email": [
            "grants": [
              "credentials": ["mail_account"],
              "collections": ["read": ["channel", "media"], "write": ["message"]],
            ]
          ],
          "http": Document.plugin(hosts: ["127.0.0.1:\(target.port)"]),
        ],
        channels: [["name": "mail", "kind": "email", "credential": "mail_account"]]))
    try keeper.setMailAccount(port: server.port)
    try keeper.command("media", "add", keeper.folder.write("GIF89a", to: "logo.gif"))
    let connector = Document.connector(
      "send",
      Document.action(
        "get", "http.request",
        with: ["url": .text(target.url + "/7.pdf"), "save_body": "blob"], ["save": "saved"]),
      Document.action(
        "mail", "email.send",
        with: [
          "to": ["ann@example.com"], "subject": "Files", "text": "Here",
          "attachments": ["{{saved.body}}", ["file": "logo.gif"]],
        ]))
    let (run, code) = try keeper.run(connector)
    #expect(code == 0, "\(run)")
    let mail = server.requestLines.joined()
    // As MIME writes the two files.
    for part in ["JVBERi0xLjc=", "R0lGODlh", "7.pdf", "logo.gif", "application/pdf", "image/gif"] {
      #expect(mail.contains(part), "\(part) in \(mail)")
    }
  }
}
