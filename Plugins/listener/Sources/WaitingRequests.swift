// SPDX-License-Identifier: Apache-2.0
// The requests the host has and has not answered yet.

/// A table of numbers with their answers, and the order in which their time runs out. A value
/// without a lock: its owner guards it.
struct WaitingRequests {
  /// A request the host has. It leaves when the daemon's thread takes its answer.
  struct Waiting {
    let connection: SuspendableConnection
    var isSuspended = false
    var answer: ListenerAnswer?
  }

  private var table: [UInt64: Waiting] = [:]
  private var order: [(number: UInt64, dueMS: Int64)] = []
  private var orderStart = 0
  private var lastNumber: UInt64 = 0

  /// A new number, waiting since now. All have the same patience, so the order is that of time.
  mutating func add(_ connection: SuspendableConnection, dueMS: Int64) -> UInt64 {
    // Numbers travel in 32 bits, and 0 is none.
    lastNumber = lastNumber % UInt64(UInt32.max) + 1
    table[lastNumber] = Waiting(connection: connection)
    order.append((lastNumber, dueMS))
    return lastNumber
  }

  /// The answer of a request, which is forgotten with it.
  mutating func take(_ number: UInt64) -> ListenerAnswer? {
    let answer = table.removeValue(forKey: number)?.answer
    dropAnswered()
    return answer
  }

  mutating func markSuspended(_ number: UInt64) { table[number]?.isSuspended = true }

  /// Requests the host has not answered yet.
  var unansweredCount: Int { table.values.count { $0.answer == nil } }

  func hasAnswer(_ number: UInt64) -> Bool { table[number]?.answer != nil }

  /// Sets the first answer of a request. Returns its connection when that must be resumed.
  mutating func answer(_ number: UInt64, _ answer: ListenerAnswer) -> SuspendableConnection? {
    guard let waiting = table[number], waiting.answer == nil else { return nil }
    table[number]?.answer = answer
    return waiting.isSuspended ? waiting.connection : nil
  }

  /// When the longest waiting request's time is over.
  var firstDueMS: Int64? {
    orderStart < order.count ? order[orderStart].dueMS : nil
  }

  /// The requests whose time is over, unanswered ones only.
  mutating func takeDue(_ nowMS: Int64) -> [UInt64] {
    var due: [UInt64] = []
    while orderStart < order.count, order[orderStart].dueMS <= nowMS {
      let number = order[orderStart].number
      if let waiting = table[number], waiting.answer == nil { due.append(number) }
      orderStart += 1
    }
    compact()
    return due
  }

  private mutating func dropAnswered() {
    while orderStart < order.count, table[order[orderStart].number] == nil { orderStart += 1 }
    compact()
  }

  private mutating func compact() {
    guard orderStart > 1_024 || orderStart == order.count else { return }
    order.removeFirst(orderStart)
    orderStart = 0
  }
}
