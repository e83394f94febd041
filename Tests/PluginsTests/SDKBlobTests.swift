// SPDX-License-Identifier: Apache-2.0
import CJackfield
import JackfieldPlugin
import Pipeline
import Testing
import Values

@testable import PluginRuntime

/// Stores a content, reads it back, sends it on, and has the answer saved.
private struct CopyAction: Action {
  static let id = "probe.copy"

  struct Parameters: Decodable {
    var bytes: Int
    var other: Blob?
    var drafts: Int?
  }

  struct Result: Encodable {
    var stored: Blob
    var seen: Blob
    var isSame: Bool
    var rest: Int
    var saved: Blob?
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    for _ in 0..<(p.drafts ?? 0) { _ = try call.blobs.create() }
    let content = (0..<p.bytes).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let stored = try call.blobs.store(content, type: "image/png", name: "a.png")
    let blob = p.other ?? stored
    var read: [UInt8] = []
    while true {
      let piece = try call.blobs.read(blob, from: read.count, size: .max)
      if piece.isEmpty { break }
      read += piece
    }
    var request = HTTPRequest("POST", "https://peer.example/")
    request.parts = [.value(name: "n", "1"), .blob(name: "f", blob, fileName: "x.png")]
    request.savesBody = true
    var whole = HTTPRequest("PUT", "https://peer.example/")
    whole.bodyBlob = blob
    let answers = try call.http.perform([request, whole])
    let saved = try? answers[0].get().blob
    return Result(
      stored: stored, seen: try call.blobs.look(blob), isSame: read == content,
      rest: try call.blobs.read(blob, from: read.count + 1).count, saved: saved)
  }
}

@Suite(.serialized) struct SDKBlobTests {
  private let world = ScriptedWorld()

  private func run(
    _ parameters: JSONValue, services: [String] = [JF_BLOBS_INTERFACE, JF_HTTP_INTERFACE]
  ) throws -> Outcome {
    let table = try #require(Plugin.export(CopyAction.self))
    let instance = try RuntimeInstance(
      opening: PluginImage(file: "probe", checking: table), settings: Array("{}".utf8),
      services: services, backend: world)
    defer { instance.close() }
    let result = try instance.actions([CopyAction.id]).run(
      .init(
        number: 1, action: 0, budgetMS: 60_000, key: Array("k-1".utf8)[...],
        context: Array("{}".utf8)[...], parameters: parameters.jsonBytes[...]))
    let json = try JSONValue(parsing: result.json)
    guard result.status != 0 else { return Outcome(value: json) }
    return Outcome(errorClass: .init(status: result.status), error: json)
  }

  /// Less than a piece, one, and some.
  @Test(arguments: [0, 5, 262_144, 700_001])
  func `a content goes in and out whole, and travels by its name`(_ bytes: Int) throws {
    world.http = { request, _ in .text(200, "taken", type: "text/plain") }
    let outcome = try run(["bytes": .integer(Int64(bytes))])
    let value = try #require(outcome.value, "\(outcome)")
    #expect(value["isSame"] == true && value["rest"] == 0)
    #expect(value["stored"] == value["seen"])
    #expect(value["stored"]?["bytes"]?.asInteger == Int64(bytes))
    #expect(value["stored"]?["type"] == "image/png" && value["stored"]?["name"] == "a.png")
    #expect(value["saved"]?["bytes"] == 5 && value["saved"]?["type"] == "text/plain")
    let form = try #require(world.requests.first { $0["method"] == "POST" })
    let stored = try #require(value["stored"])
    #expect(
      form["parts"] == [
        ["name": "n", "value": "1"], ["name": "f", "blob": stored, "file_name": "x.png"],
      ])
    #expect(form["save_body"] == true)
    let whole = try #require(world.requests.first { $0["method"] == "PUT" })
    #expect(whole["body_blob"] == stored && whole["save_body"] == nil)
  }

  @Test func `what the host refuses is thrown`() throws {
    let other: JSONValue = ["blob": .text("sha256-" + String(repeating: "9", count: 64))]
    #expect(try run(["bytes": 1, "other": other]).code == "blob_not_found")
    #expect(try run(["bytes": 1, "drafts": 9]).code == "too_many_drafts")
    let without = try run(["bytes": 1], services: [])
    #expect(without.code == "blobs_not_offered" && without.errorClass == .denied, "\(without)")
  }
}
