// SPDX-License-Identifier: Apache-2.0
// The host services by number.

/// One function of a host service, as a request names it.
package enum ServiceID: UInt8, Sendable, CaseIterable {
  case recordsGet = 1
  case recordsQuery = 2
  case recordsPut = 3
  case recordsRemove = 4
  case httpSend = 5
  case mailSend = 6
  case credential = 7
  case runsStart = 8
  case runsCancelDelays = 9
  case runsLeave = 10
  case runsStop = 11
  case recordsPutNow = 12
  case eventsRaise = 20
  case eventsSettle = 21
  case blobsCreate = 13
  case blobsAppend = 14
  case blobsFinish = 15
  case blobsLook = 16
  case blobsRead = 17

  /// As transcripts and messages name it.
  package var name: String {
    switch self {
    case .recordsGet: "records.get"
    case .recordsQuery: "records.query"
    case .recordsPut: "records.put"
    case .recordsRemove: "records.remove"
    case .httpSend: "http.send"
    case .mailSend: "mail.send"
    case .credential: "credential"
    case .runsStart: "runs.start"
    case .runsCancelDelays: "runs.cancel_delays"
    case .runsLeave: "runs.leave"
    case .runsStop: "runs.stop"
    case .recordsPutNow: "records.put_now"
    case .eventsRaise: "events.raise"
    case .eventsSettle: "events.settle"
    case .blobsCreate: "blobs.create"
    case .blobsAppend: "blobs.append"
    case .blobsFinish: "blobs.finish"
    case .blobsLook: "blobs.look"
    case .blobsRead: "blobs.read"
    }
  }
}
