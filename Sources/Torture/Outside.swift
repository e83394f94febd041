// SPDX-License-Identifier: Apache-2.0
// The world around the simulated host, which survives its crashes.

import Pipeline

/// An event and what its sender was told.
struct SentEvent {
  let connector: SimulatedConnector
  let key: [UInt8]
  let body: String
  let contact: String
  /// The run named in the 2xx; nil as long as there was none.
  var told: RunID?
}

/// A request that left the host.
struct SentRequest {
  let run: RunID
  let place: String
  let effect: SideEffect
  /// How many journal entries of the run its host had been told are on disk.
  let journalled: Int
  /// Whether the connector asked for it to be sent again.
  let isResend: Bool

  var sentPlace: SentPlace { SentPlace(run: run, place: place) }
}

/// What something was sent by.
struct SentPlace {
  let run: RunID
  let place: String
}

/// Who sends events and gets requests.
struct Outside {
  var events: [SentEvent] = []
  var requests: [SentRequest] = []
  /// What runs wait for news of, or did.
  var awaited: [SentPlace] = []

  /// How often something was sent that must be sent once.
  func count(of run: RunID, _ place: String) -> Int {
    requests.count { $0.run == run && $0.place == place && !$0.isResend }
  }
}
