// SPDX-License-Identifier: Apache-2.0
// The minutes a cron line names, on a wall whose clocks are never changed.

extension Cron {
  /// **Unit** days. No line that comes at all leaves out more than 40 years: 29 February returns
  /// after eight at most, and every date falls on every weekday within 40.
  static let horizonDays: Int64 = 41 * 366

  /// The first minute named within a range; nil when there is none within the horizon.
  ///
  /// **Unit** minutes on the wall; the end is not within.
  func firstMinute(from: Int64, before end: Int64?) -> Int64? {
    var number = floorDivide(from, by: 1_440)
    var time = from - number * 1_440
    let last = number + Cron.horizonDays
    while number <= last, end.map({ number * 1_440 < $0 }) ?? true {
      let date = CivilDate(day: number)
      if !month.contains(date.month) {
        number += CivilDate.length(ofMonth: date.month, year: date.year) - date.day + 1
      } else if fits(date), let time = firstTime(from: time) {
        let found = number * 1_440 + time
        return end.map { found < $0 } ?? true ? found : nil
      } else {
        number += 1
      }
      time = 0
    }
    return nil
  }

  /// The last minute named within a range; both ends are within.
  func lastMinute(through: Int64, from start: Int64?) -> Int64? {
    var number = floorDivide(through, by: 1_440)
    var time = through - number * 1_440
    let last = number - Cron.horizonDays
    while number >= last, start.map({ number * 1_440 + 1_439 >= $0 }) ?? true {
      let date = CivilDate(day: number)
      if !month.contains(date.month) {
        number -= date.day
      } else if fits(date), let time = lastTime(through: time) {
        let found = number * 1_440 + time
        return start.map { found >= $0 } ?? true ? found : nil
      } else {
        number -= 1
      }
      time = 1_439
    }
    return nil
  }

  /// **Unit** minutes since midnight.
  private func firstTime(from time: Int64) -> Int64? {
    if hour.contains(time / 60), let minute = minute.first(from: time % 60) {
      return time / 60 * 60 + minute
    }
    guard let hour = hour.first(from: time / 60 + 1), let minute = minute.first(from: 0) else {
      return nil
    }
    return hour * 60 + minute
  }

  private func lastTime(through time: Int64) -> Int64? {
    if hour.contains(time / 60), let minute = minute.last(through: time % 60) {
      return time / 60 * 60 + minute
    }
    guard let hour = hour.last(through: time / 60 - 1), let minute = minute.last(through: 59) else {
      return nil
    }
    return hour * 60 + minute
  }
}
