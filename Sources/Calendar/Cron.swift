// SPDX-License-Identifier: Apache-2.0
// A cron line: at which minutes something is due.

/// Five fields: minute, hour, day of the month, month, day of the week.
///
/// A day fits when both day fields do; when neither begins with `*`, it fits when either does
/// (Vixie's rule). Times are those of a zone's clocks. Where the clocks change:
/// - A line whose hour begins with `*` follows the clock: `*/30 * * * *` is due every 30 minutes
///   that pass, `0 * * * *` at each full hour shown, twice where the hour is shown twice.
/// - Every other line names times of the day. One that the clocks are put forward over is due at
///   the moment they are put forward, once for all such times of the line; one that they show
///   twice is due at the first.
///
/// **Source** cron(8) and crontab(5) of Paul Vixie's cron.
package struct Cron: Sendable, Hashable {
  /// As it was written.
  package let text: String
  let minute: CronField
  let hour: CronField
  let day: CronField
  let month: CronField
  let weekday: CronField

  /// What the macros stand for.
  static let macros: [String: String] = [
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
  ]

  /// Reads a line or a macro. A line that never comes is read; `neverComes` says so.
  ///
  /// **Throws** `bad_cron` with the field, the value and what is allowed.
  package static func parse(_ text: String) throws(CalendarError) -> Cron {
    guard text.utf8.count <= 1_000 else {
      throw CalendarError(.badCron, "a cron line has at most 1000 characters: shorten its lists")
    }
    var line = text[...]
    if text.drop(while: { $0 == " " }).first == "@" {
      let name = text.split(separator: " ").joined(separator: " ").lowercased()
      guard let meaning = macros[name] else {
        throw CalendarError(
          .badCron, "there is no cron macro \"\(name.prefix(40))\": known are "
            + macros.keys.sorted().joined(separator: ", "))
      }
      line = meaning[...]
    }
    let fields = line.split { $0 == " " || $0 == "\t" }
    guard fields.count == 5 else {
      let seconds = fields.count == 6 ? " (there is no field for seconds)" : ""
      throw CalendarError(
        .badCron, "the cron line \"\(text.prefix(60))\" has \(fields.count) "
          + "\(fields.count == 1 ? "field" : "fields"): write five\(seconds), minute, hour, day of "
          + "the month, month and day of the week, such as \"30 9 * * MON-FRI\"")
    }
    return Cron(
      text: text, minute: try CronField(fields[0], kind: .minute),
      hour: try CronField(fields[1], kind: .hour), day: try CronField(fields[2], kind: .day),
      month: try CronField(fields[3], kind: .month),
      weekday: try CronField(fields[4], kind: .weekday))
  }

  /// Whether no day ever fits, such as 31 February.
  package var neverComes: Bool {
    if !day.isStar, !weekday.isStar { return false }
    guard let first = day.first(from: 1) else { return true }
    return !(1...12).contains { month in
      self.month.contains(month) && first <= CivilDate.length(ofMonth: month, year: 2_000)
    }
  }

  /// Whether it follows the clock, not times of the day.
  var followsClock: Bool { hour.isStar }

  func fits(_ date: CivilDate) -> Bool {
    guard month.contains(date.month) else { return false }
    let (isDay, isWeekday) = (day.contains(date.day), weekday.contains(date.weekday))
    return day.isStar || weekday.isStar ? isDay && isWeekday : isDay || isWeekday
  }
}
