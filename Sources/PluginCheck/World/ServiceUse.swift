// SPDX-License-Identifier: Apache-2.0
// What a call asked of the host.

import PluginRuntime
import Values
import WorkerProtocol

/// One request of a call.
struct ServiceUse: Sendable, Equatable {
  init(kind: Kind, json: JSONValue, body: [UInt8]) {
    self.kind = kind
    self.json = json
    self.body = body
  }

  /// From a request as the plugin's runtime writes it.
  init(_ request: ServiceRequest) {
    self.init(
      kind: Kind(rawValue: request.service) ?? .unknown,
      json: (try? JSONValue(parsing: request.json)) ?? .null, body: request.joinedBody)
  }

  enum Kind: UInt8, Sendable {
    case recordGet = 1
    case recordQuery, recordPut, recordRemove, http, mail, credential
    case runStart, delaysCancel, runLeave, runStop
    case recordPutNow
    case eventRaise = 20
    case eventSettle
    case blobCreate = 13
    case blobAppend, blobFinish, blobLook, blobRead
    case unknown = 255
  }

  let kind: Kind
  let json: JSONValue
  let body: [UInt8]

  /// The interface that the request came through; nil for what every call may ask.
  var interface: String? {
    switch kind {
    case .recordGet, .recordQuery, .recordPut, .recordPutNow, .recordRemove: "jackfield.records/1"
    case .http: "jackfield.http/1"
    case .mail: "jackfield.mail/1"
    case .runStart, .delaysCancel, .runLeave, .runStop: "jackfield.runs/1"
    case .eventRaise, .eventSettle: "jackfield.events/1"
    case .blobCreate, .blobAppend, .blobFinish, .blobLook, .blobRead: "jackfield.blobs/1"
    case .credential, .unknown: nil
    }
  }

  /// `http.send`, as a transcript names it.
  var name: String { ServiceID(rawValue: kind.rawValue)?.name ?? "unknown" }

  /// Whether it reaches the outside world.
  var isEgress: Bool { kind == .http || kind == .mail }

  /// Whether it changes records or runs.
  var isWrite: Bool {
    switch kind {
    case .recordPut, .recordPutNow, .recordRemove, .runStart, .delaysCancel, .runLeave, .runStop,
      .eventRaise, .eventSettle:
      true
    default: false
    }
  }

  /// For messages: `POST https://…`, `a mail`, `records.put of contact`.
  var shown: String {
    switch kind {
    case .http: "\(text("method")) \(text("url"))"
    case .mail: "a mail to \(json["to"]?.json ?? "nobody")"
    case .recordGet: "records.get of \(text("collection"))"
    case .recordQuery: "records.query of \(text("collection"))"
    case .recordPut: "records.put of \(text("collection"))"
    case .recordPutNow: "records.put_now of \(text("collection"))"
    case .recordRemove: "records.remove of \(text("collection"))"
    case .credential: "the credential \"\(text("name"))\""
    case .runStart: "runs.start of \(text("connector"))"
    case .delaysCancel: "runs.cancel_delays"
    case .runLeave: "runs.leave of \(text("connector"))"
    case .runStop: "runs.stop"
    case .eventRaise: "events.raise of a \(text("kind"))"
    case .eventSettle: "events.settle"
    case .blobCreate: "blobs.create"
    case .blobAppend: "blobs.append of \(body.count) bytes"
    case .blobFinish: "blobs.finish"
    case .blobLook: "blobs.look"
    case .blobRead: "blobs.read"
    case .unknown: "an unknown service"
    }
  }

  func text(_ name: String) -> String { json[name]?.asText ?? "" }
}
