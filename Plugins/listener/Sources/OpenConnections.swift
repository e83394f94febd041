// SPDX-License-Identifier: Apache-2.0
// The connections that are open, and how long each may take over its request.
import Glibc

/// A table of open connections. A value without a lock: its owner guards it. The daemon says that a
/// connection is closed before it closes the socket, so under the lock the socket of one that is
/// listed here is its own.
struct OpenConnections {
  private enum Stage {
    /// A request is awaited or coming in, and has to be whole in time.
    case reading
    /// Answered, and no other request has begun.
    case idle
    /// The host has its request, or the answer is being written.
    case answering
  }

  private struct Open {
    let socket: Int32
    let address: UInt64
    var stage = Stage.reading
    var dueMS: Int64
    /// How much of the time to `dueMS` was given for nothing, and goes where places are scarce.
    var patienceMS: Int
    /// Whether the line of a request has come: who sent nothing is told nothing.
    var isOwedAnswer = false
  }

  private var table: [UInt: Open] = [:]
  /// How many of each address are reading.
  private var reading: [UInt64: Int] = [:]
  private let settings: ListenerSettings

  init(_ settings: ListenerSettings) { self.settings = settings }

  /// A connection was accepted.
  ///
  /// - Returns: when the next one has to have sent its request, which with many open is sooner.
  mutating func opened(_ key: UInt, socket: Int32, address: UInt64, nowMS: Int64) -> Int64? {
    let patience = settings.requestTimeoutMS
    let open = Open(
      socket: socket, address: address, dueMS: nowMS + Int64(patience), patienceMS: patience)
    table[key] = open
    count(address, 1)
    return isScarce(for: open) ? firstDueMS : open.dueMS
  }

  mutating func closed(_ key: UInt) { _ = remove(key) }

  /// Whether it was neither closed nor cut off.
  func isOpen(_ key: UInt) -> Bool { table[key] != nil }

  /// The line of a request has come.
  ///
  /// - Returns: when the request has to be whole.
  mutating func begins(_ key: UInt, nowMS: Int64) -> Int64? {
    guard var open = table[key] else { return nil }
    if open.stage != .reading {
      count(open.address, 1)
      open.patienceMS = settings.requestTimeoutMS
      open.dueMS = nowMS + Int64(open.patienceMS)
    }
    open.stage = .reading
    open.isOwedAnswer = true
    table[key] = open
    return dueMS(of: open)
  }

  /// A piece of a body came, which buys the time that the least rate gives it.
  mutating func received(_ key: UInt, bytes: Int) {
    table[key]?.dueMS += Int64(bytes) * 1_000 / Int64(settings.bodyBytesPerSecond)
  }

  /// It was refused past the daemon: what else comes is thrown away, in the same time.
  mutating func refused(_ key: UInt) { table[key]?.isOwedAnswer = false }

  /// Its request is whole, or is answered without being so.
  mutating func answers(_ key: UInt) {
    guard let open = table[key], open.stage != .answering else { return }
    if open.stage == .reading { count(open.address, -1) }
    table[key]?.stage = .answering
    table[key]?.isOwedAnswer = false
  }

  /// Its answer is written.
  mutating func rests(_ key: UInt, nowMS: Int64) {
    answers(key)
    table[key]?.stage = .idle
    table[key]?.patienceMS = settings.idleTimeoutMS
    table[key]?.dueMS = nowMS + Int64(settings.idleTimeoutMS)
  }

  // MARK: - Time

  var firstDueMS: Int64? {
    table.values.lazy.filter { $0.stage != .answering }.map { dueMS(of: $0) }.min()
  }

  /// Cuts off those whose time is over.
  mutating func endDue(_ nowMS: Int64) {
    let due = table.filter { $0.value.stage != .answering && dueMS(of: $0.value) <= nowMS }
    for key in due.keys { end(key) }
  }

  private func dueMS(of open: Open) -> Int64 {
    guard isScarce(for: open) else { return open.dueMS }
    return open.dueMS - Int64(max(0, open.patienceMS - settings.crowdedTimeoutMS))
  }

  /// Whether few places are left: of all, or of those that one address may hold with requests that
  /// have not come. A hard limit for each address would shut out everybody behind one proxy.
  private func isScarce(for open: Open) -> Bool {
    table.count > settings.crowdedConnections
      || reading[open.address, default: 0] > settings.maxUnfinishedPerAddress
  }

  /// Says why past the daemon, which then reads the end of the connection and gives it up.
  private mutating func end(_ key: UInt) {
    guard let open = remove(key) else { return }
    if open.isOwedAnswer { ListenerAnswer.tooSlow.send(past: open.socket) }
    shutdown(open.socket, Int32(SHUT_RDWR))
  }

  private mutating func remove(_ key: UInt) -> Open? {
    guard let open = table.removeValue(forKey: key) else { return nil }
    if open.stage == .reading { count(open.address, -1) }
    return open
  }

  private mutating func count(_ address: UInt64, _ change: Int) {
    let number = reading[address, default: 0] + change
    reading[address] = number == 0 ? nil : number
  }
}
