// SPDX-License-Identifier: Apache-2.0
import Crypto
import Pipeline
import Testing
import Values

@testable import HostServices

/// The first three are of the suite that AWS publishes; the others were computed by botocore 1.44.8
/// at the same moment with the same key.
@Suite struct AWSSignatureTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var name: String
    var method = "GET"
    var url: String
    var headers: JSONValue = [:]
    var body = ""
    var service = "service"
    var token: String?
    var signed = "host;x-amz-date"
    let signature: String

    var testDescription: String { name }
  }

  static let vectors = [
    Vector(
      name: "get-vanilla", url: "https://example.amazonaws.com/",
      signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    Vector(
      name: "post-x-www-form-urlencoded", method: "POST", url: "https://example.amazonaws.com/",
      headers: ["Content-Type": "application/x-www-form-urlencoded"], body: "Param1=value1",
      signed: "content-type;host;x-amz-date",
      signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    Vector(
      name: "get-vanilla-query-order-key-case",
      url: "https://example.amazonaws.com/?Param2=value2&Param1=value1",
      signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    Vector(
      name: "a session token", method: "POST", url: "https://sqs.us-east-1.amazonaws.com/123/q",
      headers: ["Content-Type": "application/json"], body: #"{"a":1}"#, service: "sqs",
      token: "TOKEN/+=1234", signed: "content-type;host;x-amz-date;x-amz-security-token",
      signature: "21cb3e173fdea3c12e6ac7c82dc1eb035c8d2bdcc6c1f749d9f652b379fc628e"),
    Vector(
      name: "an escaped path", url: "https://example.amazonaws.com/a%20b/%c3%a4/c%2Fd",
      signature: "eee4f687d35bde6087715fd950e58bf616dbfe35341632f21c0578025239cdd3"),
    Vector(
      name: "dots in the path", url: "https://EXAMPLE.amazonaws.com:443/a/b/../c/./d/#part",
      signature: "07fc47830311f547240f25f97c1565bd7a705059e39e5d0c3e0c5287c2c4bcfc"),
    Vector(
      name: "a query to be sorted", url: "https://example.amazonaws.com/?b=x+y&a=/&b=a&c",
      signature: "14cb5d65d011cfdbebc7e44fc5dbec9ca035a4677ea9d4607753d6279c902a86"),
    Vector(
      name: "a port", url: "https://example.amazonaws.com:8443/x",
      signature: "8299c519b573bb791dc6be917599b8ee011d53ff008e7a15803765f6fd1d1967"),
    Vector(
      name: "S3", method: "PUT", url: "https://bucket.s3.us-east-1.amazonaws.com/a b/ä.txt"
        .replacing(" ", with: "%20"),
      headers: ["X-Amz-Acl": "private"], body: "hello", service: "s3",
      signed: "host;x-amz-acl;x-amz-content-sha256;x-amz-date",
      signature: "bca20e1a8a46a2657540dfbb3b0a6961ad062c63f04be43c5edcbc35f72db084"),
    Vector(
      name: "headers of the service", method: "POST",
      url: "https://dynamodb.us-east-1.amazonaws.com",
      headers: [
        "X-Amz-Target": " A.B  C ", "Content-Type": "application/x-amz-json-1.0", "Accept": "x",
        "X-Amz-Date": "mine gives way",
      ], body: "{}", service: "dynamodb", signed: "content-type;host;x-amz-date;x-amz-target",
      signature: "150556ebe8192d4d998f9edb98b402a15034b8bb74ac71c0a399b4243a5217e9"),
  ]

  /// 2015-08-30T12:36:00Z
  static let now: Int64 = 1_440_938_160_000

  private func sign(_ vector: Vector) throws -> RequestSignature {
    let signing = AWSSigning(
      accessKey: "AKIDEXAMPLE", secretKey: "{secret}", sessionToken: "{token}",
      region: "us-east-1", service: vector.service)
    var fields: JSONObject = ["secret": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"]
    if let token = vector.token { fields["token"] = .text(token) }
    return try AWSSignature(signing, fields: .object(fields), Sodium.load()).signature(
      of: OutgoingRequest(
        method: vector.method, url: vector.url, headers: vector.headers,
        body: Array(vector.body.utf8), id: "1", now: Self.now))
  }

  @Test(arguments: vectors) func `a request is signed as AWS computes it`(_ vector: Vector) throws {
    let signature = try sign(vector)
    let headers = Dictionary(signature.headers.map { ($0.name, $0.value) }) { first, _ in first }
    #expect(headers["x-amz-date"] == "20150830T123600Z")
    #expect(headers["x-amz-security-token"] == vector.token)
    #expect(
      headers["Authorization"]
        == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/\(vector.service)"
        + "/aws4_request, SignedHeaders=\(vector.signed), Signature=\(vector.signature)")
    #expect(signature.secrets.contains("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))
    #expect(signature.secrets.contains(vector.signature))
  }

  @Test func `a file is signed by its digest, and a form not at all`() throws {
    let signing = AWSSigning(
      accessKey: "AKIDEXAMPLE", secretKey: "{secret}", sessionToken: nil, region: "us-east-1",
      service: "s3")
    let signature = AWSSignature(signing, fields: ["secret": "s3cr3t-key"], try Sodium.load())
    let digest = Hex.encode(try Sodium.load().sha256(Array("the file".utf8)))
    func headers(
      _ body: String, _ streamed: OutgoingRequest.Streamed?
    ) throws -> [String] {
      try signature.signature(
        of: OutgoingRequest(
          method: "PUT", url: "https://b.s3.amazonaws.com/k", headers: [:],
          body: Array(body.utf8), id: "1", now: Self.now, streamed: streamed)
      ).headers.map { "\($0.name): \($0.value)" }
    }
    #expect(try headers("", .file(sha256: digest)) == headers("the file", nil))
    let error = #expect(throws: ActionFailure.self) { try headers("", .form) }
    #expect(error?.code == "cannot_sign" && error?.class == .invalidInput)
  }

  @Test(arguments: [
    ("https://a.example", "https://a.example/"), ("HTTP://A.example:80/", "http://a.example/"),
    ("https://a.example/x/../../y/.", "https://a.example/y/"),
    ("https://a.example/%2e%2E/ä(1)", "https://a.example/%C3%A4%281%29"),
    ("https://a.example/?acl&b=1+2&&a=%2f#x", "https://a.example/?acl&b=1%202&a=%2F"),
    ("http://[::1]:8080/%zz", "http://[::1]:8080/%25zz"),
  ]) func `the URL is sent as it was signed`(_ url: String, _ sent: String) throws {
    #expect(try sign(Vector(name: "", url: url, signature: "")).url == sent)
  }

  @Test(arguments: ["https://a b/", "https://ä.example/", "nothing", "https:///x", "http://a/\\"])
  func `a URL that two ends could read in two ways is refused`(_ url: String) {
    let failure = #expect(throws: ActionFailure.self) {
      try sign(Vector(name: "", url: url, signature: ""))
    }
    #expect(failure?.code == "bad_url")
  }
}
