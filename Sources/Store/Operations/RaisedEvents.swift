// SPDX-License-Identifier: Apache-2.0
// What tells an event that is raised from its repetition, and a flood of messages from talk.
//
// Both stand in the table of dedupe keys, under connectors that no row ever has: what is old goes
// with the other keys.

import Pipeline

extension WriteTransaction {
  /// Takes the key an event has at its source.
  ///
  /// **Shape** false where the same kind and key were taken less than `StoreLimits.raisedMS` ago
  package func raisedKeyTake(
    _ project: ProjectID, kind: String, key: String, nowMS: Int64
  ) throws(StoreError) -> Bool {
    try StoreLimits.check(key, "the key of an event")
    let place = Array("\(project)\u{0}\(kind)\u{0}\(key)".utf8)
    guard try raisedUntil(RaisedKey.event, place, nowMS) == nil else { return false }
    _ = try dedupePurge(nowMS: nowMS, limit: StoreLimits.dedupePurge)
    try raisedPut(RaisedKey.event, place, until: nowMS + StoreLimits.raisedMS)
    return true
  }

  /// Counts one more run that a message of somebody starts, if it may start: two machines that
  /// answer each other would go on for ever, a person does not write this often.
  ///
  /// **Source** spec/formats.md, the trigger `message`
  ///
  /// **Shape** false where `StoreLimits.repliesPerWindow` were started within the window
  package func messageAdmit(
    _ project: ProjectID, sender: String, nowMS: Int64
  ) throws(StoreError) -> Bool {
    let window = StoreLimits.replyWindowMS
    for place in 0..<StoreLimits.repliesPerWindow {
      let key = Array("\(project)\u{0}\(sender)\u{0}\(place)".utf8)
      // A time further away than the window is from before the clock was set back.
      if let until = try raisedUntil(RaisedKey.reply, key, nowMS), until <= nowMS + window {
        continue
      }
      _ = try dedupePurge(nowMS: nowMS, limit: StoreLimits.dedupePurge)
      try raisedPut(RaisedKey.reply, key, until: nowMS + window)
      return true
    }
    return false
  }

  private func raisedUntil(
    _ what: RaisedKey, _ key: [UInt8], _ nowMS: Int64
  ) throws(StoreError) -> Int64? {
    try database.statement(
      "SELECT expires_at FROM dedupe WHERE connector = ? AND key = ? AND expires_at > ?"
    ).bind(what.rawValue).bind(key).bind(nowMS).first { row throws(StoreError) in row.integer(0) }
  }

  private func raisedPut(
    _ what: RaisedKey, _ key: [UInt8], until: Int64
  ) throws(StoreError) {
    try database.statement(
      "INSERT OR REPLACE INTO dedupe (connector, key, run, expires_at) VALUES (?, ?, 0, ?)"
    ).bind(what.rawValue).bind(key).bind(until).run()
  }
}

/// Connectors that no row has: ids begin at 1.
private enum RaisedKey: Int64 {
  case event = 0
  case reply = -1
}
