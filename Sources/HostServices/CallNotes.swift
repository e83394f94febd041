// SPDX-License-Identifier: Apache-2.0
// What a call asked and was answered so far, in memory only.
import Pipeline
import PluginHost
import Values
import WorkerProtocol

/// The notes from which a transcript is made, should the call end in a way that is worth one.
///
/// Bounded: what does not fit is noted with its size, so that the transcript says what it lacks.
struct CallNotes {
  /// One side as it was on the wire; nil where it did not fit.
  struct Side {
    var json: [UInt8] = []
    var body: ArraySlice<UInt8> = []
    var cutBytes: Int?
  }

  struct Asked {
    let service: ServiceID
    let request: Side
    /// How many answers came before it.
    let after: Int
    var answer: (order: Int, status: Int32, side: Side)?
  }

  private(set) var asked: [Asked] = []
  private(set) var log: [String] = []
  /// What is kept in memory of it.
  private(set) var bytes = 0
  private var answers = 0
  private var logBytes = 0

  /// Notes a request, and tells by what it is named when its answer comes.
  mutating func ask(_ request: ServiceRequest, room: Int) -> Int {
    let side = keep(Array(request.json), Array(request.body)[...], room)
    asked.append(Asked(service: request.service, request: side, after: answers))
    return asked.count - 1
  }

  mutating func answer(_ index: Int, _ reply: ServiceReply, room: Int) {
    answers += 1
    let side = keep(reply.json, reply.body, room)
    asked[index].answer = (answers, reply.status, side)
  }

  mutating func log(_ line: String) {
    guard log.count < HostServicesLimits.transcriptLines,
      logBytes + line.utf8.count <= HostServicesLimits.transcriptLogBytes
    else { return }
    logBytes += line.utf8.count
    log.append(line)
  }

  /// - Parameter room: what all calls together may still keep.
  private mutating func keep(_ json: [UInt8], _ body: ArraySlice<UInt8>, _ room: Int) -> Side {
    let size = json.count + body.count
    guard bytes + size <= HostServicesLimits.transcriptBytes, size <= room else {
      return Side(cutBytes: size)
    }
    bytes += size
    return Side(json: json, body: body)
  }
}

extension CallTranscript.Message {
  init(_ side: CallNotes.Side) {
    self.init(
      json: (try? JSONValue(parsing: side.json)) ?? .null, body: Array(side.body),
      cutBytes: side.cutBytes)
  }
}
