// SPDX-License-Identifier: Apache-2.0
// What was said before.
import JackfieldBase
import JackfieldPlugin

/// The exchanges of one conversation: those of a credential under a key, which is the contact's id
/// unless another is given.
///
/// The action's serial key keeps two calls of one key apart, so turns keep their order; they are
/// written with the call's outcome, so one that fails leaves the conversation as it was.
struct ChatMemory {
  /// The most exchanges that are kept.
  private static let most = 100
  /// Of old ones this many are deleted in a call, which adds one.
  private static let tidiedAtOnce = 20
  /// What is kept of a prompt and of an answer, so that both fit a record. **Unit** bytes of JSON.
  private static let textBytes = 30_000

  private static let collection = "chat_memory"

  private let credential: String
  private let key: String
  private let turns: Int
  private let since: String
  private let isReset: Bool
  private let call: Call

  /// Nil where the call wants no memory.
  ///
  /// **Throws**: `invalid_input`, code `no_memory_key`.
  init?(_ p: Ask.Parameters, _ server: ChatServer, _ call: Call) throws(ActionError) {
    guard p.memory == true else { return nil }
    guard let key = p.memory_key.given ?? call.contactID else {
      throw .invalidInput(
        "no_memory_key",
        "memory needs a key, and the run has no contact: set memory_key, or map a contact")
    }
    credential = server.credential
    self.key = key
    turns = min(p.memory_turns ?? 10, Self.most)
    let hours = p.memory_hours ?? 24
    since = Moment(seconds: Moment.now.seconds - Int64(hours * 3_600)).iso
    isReset = p.memory_reset ?? false
    self.call = call
  }

  /// The exchanges to send along, the oldest first.
  func recall() throws(ActionError) -> [ChatExchange] {
    guard !isReset else { return [] }
    let recent = RecordCondition.all([mine, .field("created_at", "not_before", .text(since))])
    let page = try call.records.query(
      RecordQuery(recent, isDescending: true, limit: turns), in: Self.collection)
    return page.records.reversed().map {
      ChatExchange(prompt: $0.text("prompt") ?? "", answer: $0.text("answer") ?? "")
    }
  }

  /// Adds an exchange, and deletes those that are forgotten.
  func append(_ prompt: String, _ answer: ChatAnswer) throws(ActionError) {
    for id in try forgotten() { try call.records.remove(id, in: Self.collection) }
    try call.records.put(
      [
        "credential": .text(credential), "key": .text(key),
        "prompt": .text(cut(prompt, "prompt")), "answer": .text(cut(answer.text, "answer")),
        "tokens": .integer(answer.usage.total_tokens),
      ], in: Self.collection)
  }

  private var mine: RecordCondition {
    .all([.field("credential", equals: credential), .field("key", equals: key)])
  }

  private func forgotten() throws(ActionError) -> [String] {
    if isReset { return try ids(mine, limit: Self.most + Self.tidiedAtOnce) }
    let old = RecordCondition.all([mine, .field("created_at", "before", .text(since))])
    let tooOld = try ids(old, limit: Self.tidiedAtOnce)
    guard tooOld.isEmpty else { return tooOld }
    return try ids(mine, limit: Self.tidiedAtOnce, offset: Self.most - 1)
  }

  private func ids(
    _ condition: RecordCondition, limit: Int, offset: Int = 0
  ) throws(ActionError) -> [String] {
    try call.records.query(
      RecordQuery(condition, isDescending: true, limit: limit, offset: offset),
      in: Self.collection
    ).records.map(\.id)
  }

  /// The beginning of a text that fits, as JSON writes it.
  private func cut(_ text: String, _ name: String) -> String {
    var kept = Substring(text)
    while case let size = JSONValue.text(String(kept)).jsonBytes.count, size > Self.textBytes {
      let scalars = kept.unicodeScalars
      kept = Substring(scalars.prefix(scalars.count * Self.textBytes / size))
    }
    if kept.utf8.count < text.utf8.count {
      call.log("of the \(name) the first \(kept.utf8.count) bytes are remembered")
    }
    return String(kept)
  }
}
