// SPDX-License-Identifier: Apache-2.0
import TestKit
import Testing
import Values

@Suite struct HTTPSecretTests {
  let transport: Transport

  init() throws { transport = try Transport.http() }

  static let secret = "s3cr3t/\"Käse\"+=&%xyz"

  /// The forms in which a peer may write the secret back, each made by another language.
  static let forms = [
    secret, #"s3cr3t\/\"Käse\"+=&%xyz"#, #"s3cr3t/\"K\u00e4se\"+=&%xyz"#,
    #"s3cr3t\/\"K\u00E4se\"+=&%xyz"#, "s3cr3t%2F%22K%C3%A4se%22%2B%3D%26%25xyz",
    "s3cr3t%2f%22K%c3%a4se%22%2b%3d%26%25xyz", "s3cr3t/%22K%C3%A4se%22+=&%25xyz",
    "czNjcjN0LyJLw6RzZSIrPSYleHl6", "dXNlcjpzM2NyM3QvIkvDpHNlIis9JiV4eXo=",
    "7333637233742f224bc3a47365222b3d262578797a", "7333637233742F224BC3A47365222B3D262578797A",
    "s3cr3t/&quot;Käse&quot;+=&amp;%xyz", #"s3cr3t/\"Käse\"+=\u0026%xyz"#,
    #"s3cr3t/\\\"K\\u00e4se\\\"+=&%xyz"#,
  ]

  @Test(arguments: forms)
  func `a secret that a peer echoes is removed`(_ form: String) throws {
    let server = try PythonServer(
      "http_target",
      [
        "--script",
        JSONValue.list([["body": .text("before \(form) after \(form)!")]]).json,
      ])
    let end = try transport.send([
      "url": .text(server.url), "auth": ["basic": ["user": "user", "password": .text(Self.secret)]],
    ])
    #expect(end.status == 200)
    #expect(end.text.hasPrefix("before ") && end.text.hasSuffix("!"))
    #expect(!end.text.contains("s3cr3t") && !end.text.contains("czNjcjN0"))
    #expect(!end.text.contains("M2NyM3Q") && !end.text.contains("7333637233"))
    #expect(end.text.count < 60)
  }

  @Test func `each kind of credential is applied and scrubbed from the echo`() throws {
    let server = try PythonServer("http_target")
    for (auth, name, value) in [
      (["bearer": "tok-en-1234"], "authorization", "Bearer tok-en-1234"),
      (["header": "X-Key", "value": "Key tok-en-1234"], "x-key", "Key tok-en-1234"),
      (["basic": ["user": "Aladdin", "password": "open sesame"]], "authorization",
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
    ] as [(JSONValue, String, String)] {
      // The author's own header of that name gives way.
      let end = try transport.send([
        "url": .text(server.url), "auth": auth, "headers": .object([name: "mine"]),
      ])
      let seen = try JSONValue(parsing: server.requestLines.last ?? "")
      #expect(seen["headers"]?[name]?.asText == value)
      #expect(!end.text.contains("tok-en-1234") && !end.text.contains("QWxhZGRpbjpvcGVu"))
      #expect(end.text.contains("***"))
    }
  }

  @Test func `a credential in the query is encoded and does not come back in the URL`() throws {
    let server = try PythonServer("http_target")
    let end = try transport.send([
      "url": .text(server.url + "/p?a=b"), "auth": ["query": "api key", "value": "q&=# 4711"],
    ])
    let seen = try JSONValue(parsing: server.requestLines.last ?? "")
    #expect(seen["query"] == "a=b&api%20key=q%26%3d%23%204711")
    #expect(end.head["url"]?.asText == server.url + "/p?a=b&api%20key=***")
    #expect(!end.text.contains("4711"))
  }

  @Test func `a header that echoes a secret is scrubbed`() throws {
    let server = try PythonServer(
      "http_target",
      ["--script", #"[{"status": 302, "body": "", "headers": {"Location": "/?k=tok-en-1234"}}]"#])
    let end = try transport.send([
      "url": .text(server.url), "auth": ["bearer": "tok-en-1234"],
    ])
    #expect(end.head["headers"]?["location"] == "/?k=***")
  }

  @Test func `a header's name that echoes a secret is scrubbed`() throws {
    let server = try PythonServer(
      "http_target",
      ["--script", #"[{"body": "", "headers": {"X-Tok-EN-1234": "1", "X-dG9rLUVOLTEyMzQ": "1"}}]"#])
    let end = try transport.send(["url": .text(server.url), "auth": ["bearer": "Tok-EN-1234"]])
    #expect(end.status == 200)
    #expect(!end.head.json.lowercased().contains("tok-en-1234"), "\(end.head.json)")
    #expect(end.head["headers"]?["x-***"] == "1")
  }

  @Test func `what the host names besides is scrubbed too`() throws {
    let server = try PythonServer(
      "http_target", ["--script", #"[{"body": "expected key-of-4711 and other-4711"}]"#])
    let end = try transport.send([
      "url": .text(server.url),
      "auth": ["header": "X-Key", "value": "Key=key-of-4711", "secrets": ["key-of-4711", "other-4711"]],
    ])
    #expect(end.text == "expected *** and ***")
  }

  @Test func `an error's message holds no secret`() throws {
    let end = try transport.send([
      "url": "http://127.0.0.1:1/?x=tok-en-1234", "auth": ["bearer": "tok-en-1234"],
    ])
    #expect(end.code == "connect_failed")
    #expect(!end.head.json.contains("tok-en-1234"))
  }
}
