// SPDX-License-Identifier: Apache-2.0
// The kinds of message between host and worker, and what each may look like.

/// What a message is, who may send it and how large it may be.
package enum MessageKind: UInt8, Sendable, CaseIterable {
  case hello = 1
  case call = 2
  case cancel = 3
  case reply = 4
  case stop = 5
  case submit = 6
  case abort = 7
  case respond = 8
  case intake = 9
  case file = 10

  case ready = 32
  case loadFailed = 33
  case result = 34
  case request = 35
  case log = 36
  case progress = 37
  case left = 38
  case answered = 39
  case incoming = 40

  /// The side of the socket that sends this kind.
  package var sender: Side { rawValue < 32 ? .host : .worker }

  /// The most bytes a payload may have, checked before anything is allocated for it.
  ///
  /// **Unit**: bytes.
  package var payloadLimit: Int {
    switch self {
    case .cancel, .stop, .abort, .left, .file: 0
    case .intake: 1
    case .ready: 4_096
    case .loadFailed: 65_520
    case .log: Limits.logLine + 5
    case .progress: 65_520
    case .hello: 2 << 20
    case .result: Limits.result + 65_520
    case .call, .reply, .submit, .respond, .request, .answered, .incoming: Limits.payload
    }
  }

  /// Whether `header.call` names a call: always, never, or as the sender likes.
  var callNumber: Presence {
    switch self {
    case .call, .cancel, .reply, .result, .request, .progress: .always
    case .log: .either
    default: .never
    }
  }

  /// Whether `header.exchange` names an exchange.
  var exchangeNumber: Presence {
    switch self {
    case .reply, .request, .submit, .abort, .respond, .file, .left, .answered, .incoming: .always
    default: .never
    }
  }

  /// Whether a number of the header has to be there; 0 stands for none.
  enum Presence {
    case always, never, either

    func allows(_ number: UInt32) -> Bool {
      switch self {
      case .always: number != 0
      case .never: number == 0
      case .either: true
      }
    }
  }
}
