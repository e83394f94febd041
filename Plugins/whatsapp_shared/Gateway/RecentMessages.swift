// SPDX-License-Identifier: Apache-2.0
// What a channel sent of late.
import JackfieldBase
import JackfieldPlugin

/// The messages a channel sent since a point in time, newest first.
struct RecentMessages {
  private let condition: RecordCondition
  private let since: Moment
  private let call: Call

  init(_ channel: Channel, since: Moment, _ call: Call) {
    condition = .all([
      .field("channel", equals: channel.id), .field("direction", equals: "out"),
    ])
    self.since = since
    self.call = call
  }

  /// Whether there are this many, by a look at the one at that place.
  func isAtLeast(_ count: Int) throws(ActionError) -> Bool {
    guard count > 0 else { return true }
    return try page(offset: count - 1, limit: 1).first.map(isRecent) ?? false
  }

  func count(atMost most: Int) throws(ActionError) -> Int {
    var count = 0
    try each(atMost: most) { _ in
      count += 1
      return true
    }
    return count
  }

  /// Whom they went to, until more are known than count.
  func numbers(atMost most: Int) throws(ActionError) -> Set<String> {
    var numbers: Set<String> = []
    try each(atMost: .max) { record in
      if let number = record.text("number") { numbers.insert(number) }
      return numbers.count < most
    }
    return numbers
  }

  private func each(
    atMost most: Int, _ body: (Record) -> Bool
  ) throws(ActionError) {
    var offset = 0
    while offset < most {
      let records = try page(offset: offset, limit: min(500, most - offset))
      for record in records {
        guard isRecent(record), body(record) else { return }
      }
      guard records.count == 500 else { return }
      offset += records.count
    }
  }

  private func page(offset: Int, limit: Int) throws(ActionError) -> [Record] {
    try call.records.query(
      RecordQuery(condition, isDescending: true, limit: limit, offset: offset), in: "message"
    ).records
  }

  private func isRecent(_ record: Record) -> Bool {
    (Moment(iso: record.createdAt)?.seconds ?? 0) >= since.seconds
  }
}
