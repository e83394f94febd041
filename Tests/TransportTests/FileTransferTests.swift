// SPDX-License-Identifier: Apache-2.0
import Glibc
import TestKit
import Testing
import Values

/// Bodies that go out of files and into them.
@Suite struct FileTransferTests {
  let transport: Transport
  let folder = TemporaryFolder()

  init() throws { transport = try Transport.http() }

  private func server(_ rules: JSONValue = []) throws -> PythonServer {
    try PythonServer("http_target", ["--script", rules.json])
  }

  private func open(_ content: [UInt8]) -> Int32 {
    folder.write(content, to: "out")
    return Glibc.open(folder("out"), O_RDONLY | O_CLOEXEC)
  }

  private func target() -> Int32 {
    Glibc.open(folder("in"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
  }

  private var saved: [UInt8] { folder.bytes(of: "in") ?? [] }

  private func log(_ server: PythonServer) throws -> [JSONValue] {
    try server.requestLines.map { try JSONValue(parsing: $0) }
  }

  // MARK: out

  @Test(arguments: ["POST", "PUT", "PATCH"])
  func `a file is sent as the whole body`(_ method: String) throws {
    let server = try server()
    let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let file = open(content)
    defer { close(file) }
    let end = try transport.send(
      [
        "method": .text(method), "url": .text(server.url),
        "headers": ["Content-Type": "application/pdf"],
        "body_file": ["file": 0, "bytes": .integer(Int64(content.count))],
      ], files: [file])
    #expect(end.status == 200)
    let seen = try #require(try log(server).first)
    #expect(seen["method"]?.asText == method && seen["complete"] == true)
    #expect(seen["headers"]?["content-length"] == "300000")
    #expect(seen["headers"]?["content-type"] == "application/pdf")
    #expect(seen["headers"]?["expect"] == nil)
    #expect(seen["sha256"]?.asText == "\(try digest(of: "out"))")
  }

  private func digest(of name: String) throws -> String {
    let result = try Subprocess.run("sha256sum", [folder(name)])
    return String(result.output.prefix(64))
  }

  @Test func `a redirect that keeps the body sends the file again`() throws {
    let server = try server([
      ["path": "/from", "status": 307, "headers": ["Location": "/to"]], ["path": "/to"],
    ])
    let file = open(Array("the content".utf8))
    defer { close(file) }
    let end = try transport.send(
      [
        "method": "PUT", "url": .text(server.url + "/from"), "max_redirects": 2,
        "body_file": ["file": 0, "bytes": 11],
      ], files: [file])
    #expect(end.status == 200)
    #expect(try log(server).map { $0["body"] } == ["the content", "the content"])
  }

  @Test func `a file that is shorter than it was ends the request`() throws {
    let server = try server()
    let file = open([1, 2, 3])
    defer { close(file) }
    let end = try transport.send(
      ["method": "POST", "url": .text(server.url), "body_file": ["file": 0, "bytes": 1_000]],
      files: [file])
    #expect(end.errorClass == "unknown_outcome", "\(end.head)")
  }

  @Test func `a form has its values and files, with names that cannot break out`() throws {
    let server = try server()
    let file = open(Array("%PDF-1.7 \u{0} bytes".utf8))
    defer { close(file) }
    let end = try transport.send(
      [
        "method": "POST", "url": .text(server.url), "headers": ["Content-Type": "text/plain"],
        "parts": [
          ["name": "folder", "value": "Invoices & more ü"],
          [
            "name": "file\"; x=\"y", "file": 0, "bytes": 16, "file_name": "a\"b.pdf",
            "type": "application/pdf",
          ],
        ],
      ], files: [file])
    #expect(end.status == 200)
    let seen = try #require(try log(server).first)
    let type = try #require(seen["headers"]?["content-type"]?.asText)
    #expect(type.hasPrefix("multipart/form-data; boundary="), "\(type)")
    let body = try #require(seen["body"]?.asText)
    #expect(body.contains("name=\"folder\"\r\n\r\nInvoices & more ü\r\n"), "\(body)")
    #expect(body.contains("Content-Type: application/pdf\r\n\r\n%PDF-1.7 \u{0} bytes\r\n"))
    #expect(!body.contains("; x=\"y"), "\(body)")
    #expect(Int64(seen["headers"]?["content-length"]?.asText ?? "") == seen["size"]?.asInteger)
  }

  @Test(arguments: [
    ["body_file": ["file": 0, "bytes": 1]], ["parts": [["name": "a"]]],
    ["parts": [["name": "", "value": "x"]]], ["parts": [["name": "a\r\nb", "value": "x"]]],
    ["parts": [["name": "a", "file": 3, "bytes": 1]]], ["save_file": 1], ["save_file": -1],
  ] as [JSONObject])
  func `a body that cannot be is refused before anything connects`(_ members: JSONObject) throws {
    var request: JSONObject = ["method": "POST", "url": "http://127.0.0.1:1/"]
    for member in members { request[member.name] = member.value }
    let end = try transport.send(.object(request))
    #expect(end.errorClass == "invalid_input" && end.left == false, "\(end.head)")
  }

  // MARK: in

  @Test func `a good answer goes into the file, decoded`() throws {
    let server = try server([["body": "0123456789", "repeat": 100_000, "gzip": true]])
    let file = target()
    defer { close(file) }
    let end = try transport.send(
      ["url": .text(server.url), "save_file": 0, "max_response_bytes": 1_000_000], files: [file])
    #expect(end.status == 200 && end.body.isEmpty)
    #expect(end.head["saved"] == 1_000_000)
    #expect(saved.count == 1_000_000 && saved.suffix(10).elementsEqual("0123456789".utf8))
  }

  @Test func `the limit counts what comes out of the compression`() throws {
    let server = try server([["body": "0123456789", "repeat": 100_001, "gzip": true]])
    let file = target()
    defer { close(file) }
    let end = try transport.send(
      ["url": .text(server.url), "save_file": 0, "max_response_bytes": 1_000_000], files: [file])
    #expect(end.code == "response_too_large" && end.errorClass == "failed", "\(end.head)")
    #expect(end.head["saved"] == nil)
  }

  @Test(arguments: [(404, "no such file"), (204, ""), (304, "")] as [(Int64, String)])
  func `what is no good answer is not saved`(_ status: Int64, _ body: String) throws {
    let server = try server([["status": .integer(status), "body": .text(body)]])
    let file = target()
    defer { close(file) }
    let end = try transport.send(["url": .text(server.url), "save_file": 0], files: [file])
    #expect(end.status == status && end.text == body && end.head["saved"] == nil)
    #expect(saved.isEmpty)
  }

  @Test func `a truncated body is no answer`() throws {
    let server = try server([["body": "0123456789", "repeat": 1_000, "close": "body"]])
    let file = target()
    defer { close(file) }
    let end = try transport.send(["url": .text(server.url), "save_file": 0], files: [file])
    #expect(end.errorClass == "unknown_outcome" && end.head["saved"] == nil, "\(end.head)")
  }

  @Test func `a full disk is said so`() throws {
    let server = try server([["body": "0123456789"]])
    let full = Glibc.open("/dev/full", O_RDWR | O_CLOEXEC)
    defer { close(full) }
    let end = try transport.send(["url": .text(server.url), "save_file": 0], files: [full])
    #expect(end.code == "disk_full" && end.message.contains("free some space"), "\(end.head)")
    #expect(end.left == true)
  }

  /// The secret lies across the pieces in which the body comes, at every place.
  @Test(arguments: [4_080, 4_090, 4_095, 4_096, 8_185, 12_288])
  func `a secret is struck out of a saved body wherever it lies`(_ offset: Int) throws {
    let secret = "s3cr3t-token-of-the-peer"
    let before = String(repeating: "a", count: offset)
    let server = try server([
      ["body": .text(before + secret + "tail " + secret), "headers": ["Content-Type": "a/b"]]
    ])
    let file = target()
    defer { close(file) }
    let end = try transport.send(
      ["url": .text(server.url), "save_file": 0, "auth": ["bearer": .text(secret)]],
      files: [file])
    #expect(String(decoding: saved, as: UTF8.self) == before + "***tail ***")
    #expect(end.head["saved"]?.asInteger == Int64(saved.count))
  }
}
