// SPDX-License-Identifier: Apache-2.0
// Blobs in memory, with the rules of the service.

import Pipeline
import Values

/// The blobs of a scripted project. Their names are numbers: no digest is needed to tell a few
/// apart.
package struct WorldBlobs: Sendable {
  /// By the text that names them.
  package var contents: [String: [UInt8]] = [:]
  private var drafts: [Int64: (type: String, name: String, bytes: [UInt8])] = [:]
  private var lastDraft: Int64 = 0

  package init() {}

  /// **Unit**: bytes, as `blobs.h` says.
  private static let piece = 256 << 10
  private static let most = 100 << 20

  /// Keeps bytes, and answers with the value that names them.
  package mutating func keep(_ bytes: [UInt8], type: String, name: String) -> JSONValue {
    let known = contents.first { $0.value == bytes }?.key
    let digits = String(contents.count + 1, radix: 16)
    let blob = known ?? "sha256-" + String(repeating: "0", count: 64 - digits.count) + digits
    contents[blob] = bytes
    let essence = String(type.prefix { $0 != ";" })
    return [
      "blob": .text(blob), "type": .text(essence.isEmpty ? "application/octet-stream" : essence),
      "bytes": .integer(Int64(bytes.count)), "name": .text(name.isEmpty ? "file" : name),
    ]
  }

  package mutating func create(_ request: JSONValue) -> ServiceAnswer {
    guard drafts.count < 8 else {
      return .failure(.invalidInput, "too_many_drafts", "a call writes at most 8 blobs at a time")
    }
    lastDraft += 1
    drafts[lastDraft] = (request["type"]?.asText ?? "", request["name"]?.asText ?? "", [])
    return .value(["draft": .integer(lastDraft)])
  }

  package mutating func append(_ request: JSONValue, _ piece: [UInt8]) -> ServiceAnswer {
    let number = request["draft"]?.asInteger ?? 0
    guard let size = drafts[number]?.bytes.count else { return noDraft(number) }
    guard piece.count <= Self.piece, size + piece.count <= Self.most else {
      return .failure(.invalidInput, "blob_too_large", "a blob has at most 100 MiB")
    }
    drafts[number]?.bytes += piece
    return .value([:])
  }

  package mutating func finish(_ request: JSONValue) -> ServiceAnswer {
    let number = request["draft"]?.asInteger ?? 0
    guard let draft = drafts.removeValue(forKey: number) else { return noDraft(number) }
    return .value(keep(draft.bytes, type: draft.type, name: draft.name))
  }

  package func look(_ request: JSONValue) -> ServiceAnswer {
    let value = request["blob"] ?? .null
    guard let (name, bytes) = find(value) else { return notFound }
    return .value([
      "blob": .text(name), "type": value["type"] ?? "application/octet-stream",
      "bytes": .integer(Int64(bytes.count)), "name": value["name"] ?? "file",
    ])
  }

  package func read(_ request: JSONValue) -> ServiceAnswer {
    guard let (_, bytes) = find(request["blob"] ?? .null) else { return notFound }
    let offset = Int(clamping: max(request["offset"]?.asInteger ?? 0, 0))
    let size = Int(clamping: min(max(request["size"]?.asInteger ?? 0, 0), Int64(Self.piece)))
    return ServiceAnswer(status: 0, json: [:], body: Array(bytes.dropFirst(offset).prefix(size)))
  }

  private func find(_ value: JSONValue) -> (name: String, bytes: [UInt8])? {
    let name = value["blob"]?.asText ?? value.asText ?? ""
    return contents[name].map { (name, $0) }
  }

  private var notFound: ServiceAnswer {
    .failure(.notFound, "blob_not_found", "there is no such blob for this action")
  }

  private func noDraft(_ number: Int64) -> ServiceAnswer {
    .failure(.invalidInput, "no_draft", "there is no unfinished blob \(number) in this call")
  }
}
