// SPDX-License-Identifier: Apache-2.0
// The answers as a table for people or as JSON for machines.
import Values

enum Report {
  static func table(_ answers: [Answer]) -> String {
    answers.map { answer in
      let head = "\n\(answer.title) (median of \(answer.rounds))\n"
      let rows = answer.results.map { result in
        [
          result.figure.name, result.figure.unit, number(result.ours), number(result.reference),
          result.ratio.map { number($0) + " ×" } ?? "", result.figure.target.text,
          result.isMet.map { $0 ? "met" : "MISSED" } ?? "",
        ]
      }
      return head + aligned([["", "", "ours", "bare", "ratio", "target", ""]] + rows)
    }.joined()
  }

  static func json(_ answers: [Answer]) -> String {
    JSONValue.list(
      answers.map { answer in
        [
          "question": .text(answer.name), "rounds": .integer(Int64(answer.rounds)),
          "figures": .list(answer.results.map(json)),
        ]
      }
    ).prettyJSON
  }

  private static func json(_ result: Answer.Result) -> JSONValue {
    [
      "name": .text(result.figure.name), "unit": .text(result.figure.unit),
      "ours": json(result.ours), "bare": json(result.reference), "ratio": json(result.ratio),
      "target": .text(result.figure.target.text),
      "met": result.isMet.map { .boolean($0) } ?? .null,
    ]
  }

  private static func json(_ value: Double?) -> JSONValue {
    value.flatMap { JSONNumber($0) }.map { .number($0) } ?? .null
  }

  /// Three significant digits below 100, whole above; a dash for nothing.
  static func number(_ value: Double?) -> String {
    guard let value else { return "–" }
    if value.magnitude >= 100 || value == value.rounded() { return grouped(Int(value.rounded())) }
    let places = value.magnitude >= 10 ? 1 : value.magnitude >= 1 ? 2 : 3
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
  }

  private static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + text
  }

  /// The first two columns lean left, the others right.
  private static func aligned(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return column < 2 ? row[column] + padding : padding + row[column]
      }.joined(separator: "  ")
    }.joined(separator: "\n") + "\n"
  }
}
