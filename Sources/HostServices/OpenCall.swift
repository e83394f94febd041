// SPDX-License-Identifier: Apache-2.0
// What the services keep for one attempt, from its start until its outcome is on disk.
import Pipeline
import PluginHost
import Store
import Values

/// One attempt as the services see it.
///
/// **Isolation**: confined to the loop thread.
final class OpenCall: @unchecked Sendable {  // Safe because: only touched on the loop thread.
  /// Where an exchange with the outside world stands.
  ///
  ///     asked ──intent on disk──▶ submitted ──left──▶ left ──answered──▶ gone
  ///        │                           └──────answered / lost──────────▶ gone
  ///        └──call closed: intent on disk, and taken back──────────────▶ gone
  enum ExchangeState {
    /// The intent is being written; nothing has gone to the transport.
    case asked
    /// With the transport; the request has not reached the peer.
    case submitted
    /// The first byte (HTTP) or the end of the data (mail) may have reached the peer.
    case left
  }

  struct Exchange {
    var state: ExchangeState
    /// The number the transport knows it by, once submitted.
    var transportNumber: UInt32?
    let channel: TransportChannel
    let bytes: Int
    var losses = 0
  }

  let order: CallOrderFacts
  let setup: ProjectSetup
  let plugin: ProjectSetup.PluginSetup

  /// What it asked of runs so far, in order; it commits with the outcome.
  var effects: [RunEffect] = []
  /// Writes gathered so far, in order; they commit with the outcome.
  var writes: [RecordWrite] = []
  var writtenBytes = 0
  var blobs = CallBlobs()
  /// Bytes of the requests it has open.
  var openBytes = 0
  /// The records this call wrote, as they will be, by collection and id; nil: removed.
  var written: [String: [RecordID: JSONValue?]] = [:]

  /// How many requests to the outside world the call has made: their numbers in the ledger, the
  /// same in every run of an action that asks in the same order.
  private(set) var requestCount: UInt32 = 0
  /// Open exchanges by the call's own request number.
  var exchanges: [UInt32: Exchange] = [:]
  /// Whether any exchange that is not pure was answered, or left without an answer.
  var hasAnswered = false
  var hasLeftUnanswered = false
  /// Its latest HTTP exchanges by request number, for viewing.
  private(set) var kept: [UInt32: KeptExchange] = [:]
  /// What its transcript would be made from.
  var notes = CallNotes()
  /// Strike the values of the credentials it used out of its transcript.
  var redactions: [SecretRedaction] = []
  /// Set once nobody will ask for it any more.
  var isReleased = false
  /// Set once the call is closed: nothing of it is sent any more.
  var isClosed = false
  /// Writes to the ledger that are not on disk yet. A closed call waits for them: whoever runs it
  /// again must find in the ledger what is known of this try.
  var ledgerWrites = 0
  /// Called when the last open exchange of a closed call has ended, and the ledger has it.
  var whenQuiet: ((EgressFate) -> Void)?

  init(order: CallOrderFacts, setup: ProjectSetup, plugin: ProjectSetup.PluginSetup) {
    self.order = order
    self.setup = setup
    self.plugin = plugin
  }

  func nextRequest() -> UInt32 {
    requestCount += 1
    return requestCount
  }

  /// Keeps an exchange for viewing; above the bound the earliest goes.
  func keep(_ exchange: KeptExchange, as number: UInt32) {
    kept[number] = exchange
    guard kept.count > HostServicesLimits.exchangesPerCall, let first = kept.keys.min() else {
      return
    }
    kept[first] = nil
  }

  /// Writes down how a kept exchange ended.
  func finish(_ number: UInt32, _ reply: ServiceReply, milliseconds: Int64) {
    kept[number]?.finish(reply, milliseconds: milliseconds)
  }

  /// Whether nothing more can become known of what this call sent.
  var isQuiet: Bool { exchanges.isEmpty && ledgerWrites == 0 }

  /// What is known of everything this call sent.
  var fate: EgressFate {
    if hasLeftUnanswered || exchanges.values.contains(where: { $0.state == .left }) { return .left }
    return hasAnswered ? .answered : .none
  }
}

/// What the services need to know of an attempt; the scheduler fills it from the engine's order.
package struct CallOrderFacts: Sendable {
  package let number: UInt64
  package let run: RunID
  package let project: ProjectID
  package let plugin: PluginID
  package let effect: SideEffect
  /// The idempotency key, the same on every attempt.
  package let key: String
  /// Counts from 1 with each try that the retry policy or `on_unknown: retry` asks for. A try that
  /// runs again after a crash, or on fresh data, is the same attempt.
  package let attempt: Int
  /// Whether the ledger may hold something of an earlier try.
  package let mayHaveSent: Bool
  /// The run as far as the runs service needs it.
  package let caller: CallerFacts?

  package init(
    number: UInt64, run: RunID, project: ProjectID, plugin: PluginID, effect: SideEffect,
    key: String, attempt: Int = 1, mayHaveSent: Bool, caller: CallerFacts? = nil
  ) {
    self.attempt = attempt
    self.caller = caller
    self.number = number
    self.run = run
    self.project = project
    self.plugin = plugin
    self.effect = effect
    self.key = key
    self.mayHaveSent = mayHaveSent
  }

  /// The ledger's key of the attempt. A retry asks anew: it must not be told what the try before it
  /// was told, and is let through where that one's fate stayed open.
  var ledgerKey: String { attempt <= 1 ? key : "\(key)#\(attempt)" }
}
