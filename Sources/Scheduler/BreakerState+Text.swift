// SPDX-License-Identifier: Apache-2.0
// What the log says when a breaker changes.
import Calendar
import Engine

extension BreakerState {
  /// One line for the log.
  func line(of key: BreakerKey) -> String {
    let credential = key.credential.map { " with credential \($0)" } ?? ""
    let plugin = "plugin \(key.plugin)\(credential) in project \(key.project)"
    switch self {
    case .closed: return "\(plugin) answers again: the breaker is closed"
    case .open(let until):
      let time = Moment(milliseconds: until).iso
      return "\(plugin) failed too often in a row: the breaker is open until \(time), runs wait"
    case .probing(let run): return "\(plugin) is tried again by run \(run)"
    }
  }
}
