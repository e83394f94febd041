// SPDX-License-Identifier: Apache-2.0
@testable import HostServices
import Testing
import Values

/// Names that strangers give to files.
@Suite struct FileNameTests {
  @Test(arguments: [
    ("report.pdf", "report.pdf"), ("../../etc/passwd", "passwd"), ("C:\\x\\evil.exe", "evil.exe"),
    ("..", nil), ("", nil), ("/", nil), (".hidden", "hidden"), ("a\r\nb\u{0}.txt", "ab.txt"),
    ("photo\u{202E}gpj.exe", "photogpj.exe"), ("zero\u{200B}width", "zerowidth"),
    ("naïve – 見積.pdf", "naïve – 見積.pdf"), ("a<b>:\"|?*.txt", "ab.txt"), ("dots...", "dots"),
    ("  spaces  ", "spaces"),
  ] as [(String, String?)])
  func `a name is made safe or there is none`(_ given: String, _ expected: String?) {
    #expect(FileName.safe(given) == expected)
  }

  @Test func `a long name keeps its ending`() throws {
    let name = try #require(FileName.safe(String(repeating: "ä", count: 300) + ".pdf"))
    #expect(name.utf8.count <= 255 && name.hasSuffix("ä.pdf"))
  }

  @Test(arguments: [
    (#"attachment; filename="invoice 7.pdf""#, "invoice 7.pdf"),
    (#"attachment; filename="a; b \"c\".pdf""#, "a; b c.pdf"),
    (#"ATTACHMENT; FileName=plain.txt"#, "plain.txt"),
    (#"attachment; filename="x.pdf"; filename*=UTF-8''na%C3%AFve.pdf"#, "naïve.pdf"),
    (#"attachment; filename*=ISO-8859-1''na%EFve.pdf; filename="x.pdf""#, "x.pdf"),
    (#"attachment; filename*=UTF-8''bad%FF; filename="y.pdf""#, "y.pdf"),
    (#"attachment; filename="../../../etc/cron.d/x""#, "x"),
    (#"attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd"#, "passwd"),
    (#"attachment; filename="#, "from url.bin"), (#"inline"#, "from url.bin"), ("", "from url.bin"),
    (#"attachment; filename="unclosed"#, "unclosed"), (";;;=;\"", "from url.bin"),
  ])
  func `an answer names its file`(_ disposition: String, _ expected: String) {
    let name = DownloadName.name(
      headers: ["content-disposition": .text(disposition)],
      url: "https://a.example/x/from%20url.bin?y=/z#/w")
    #expect(name == expected)
  }

  @Test(arguments: ["https://a.example", "https://a.example/", "https://a.example/%FF", "x"])
  func `an answer without a name is a file`(_ url: String) {
    #expect(DownloadName.name(headers: nil, url: url) == "file")
  }

  @Test(arguments: [
    ("text/csv; charset=utf-8", "text/csv"), ("IMAGE/PNG", "image/png"), ("text", nil),
    ("a/b/c", nil), ("text/x\r\nX: y", nil), ("", nil), ("/", nil),
    ("application/vnd.ms-excel", "application/vnd.ms-excel"),
  ] as [(String, String?)])
  func `a media type is its essence`(_ given: String, _ expected: String?) {
    #expect(BlobName.essence(given) == expected)
  }
}
