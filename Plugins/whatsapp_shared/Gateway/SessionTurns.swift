// SPDX-License-Identifier: Apache-2.0
// One send in flight a session.
import Glibc
import JackfieldPlugin
import Synchronization

/// Whose turn it is at each session of this worker, and when the next message may leave.
///
/// Calls wait on their own threads. A session nobody waits for is forgotten once its gap is over,
/// so the table does not grow.
final class SessionTurns: Sendable {
  static let shared = SessionTurns()

  private struct Session {
    var isTaken = false
    var mayBegin = ContinuousClock.now
  }

  private let sessions = Mutex<[String: Session]>([:])

  /// Takes the session once it is free.
  ///
  /// **Throws**: `rate_limited`, code `gateway_pace`, when it is not free in time.
  func take(_ place: String, within limit: Duration) throws(ActionError) -> String {
    let end = ContinuousClock.now + limit
    while true {
      let isMine = sessions.withLock { all -> Bool in
        guard all[place]?.isTaken != true else { return false }
        all[place, default: Session()].isTaken = true
        return true
      }
      if isMine { return place }
      guard ContinuousClock.now < end else {
        throw .rateLimited(
          "gateway_pace", "other messages of this session take longer than this call may",
          retryAfter: .seconds(5))
      }
      usleep(Self.look)
    }
  }

  /// Waits until the gap after the last message is over; false when the budget ends before.
  func wait(_ place: String, budget: Duration) -> Bool {
    let now = ContinuousClock.now
    let begin = sessions.withLock { $0[place]?.mayBegin ?? now }
    guard begin > now else { return true }
    guard begin - now < budget else { return false }
    while ContinuousClock.now < begin { usleep(Self.look) }
    return true
  }

  /// Notes a message: the next waits this long at least.
  func note(_ place: String, gap: Duration) {
    let begin = ContinuousClock.now + gap
    sessions.withLock { all in
      let known = all[place]?.mayBegin ?? begin
      all[place]?.mayBegin = max(begin, known)
    }
  }

  /// Gives the session back.
  func leave(_ place: String) {
    let now = ContinuousClock.now
    sessions.withLock { all in
      all[place]?.isTaken = false
      all = all.filter { $0.value.isTaken || $0.value.mayBegin > now }
    }
  }

  /// **Unit**: microseconds between two looks.
  private static let look: UInt32 = 10_000
}
