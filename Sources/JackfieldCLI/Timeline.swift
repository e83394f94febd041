// SPDX-License-Identifier: Apache-2.0
// A run as text: what happened, how long it took, how it ended.
import Jackfield
import Values

/// Writes runs for people.
enum Timeline {
  /// A run and its steps, a line each.
  static func text(_ run: RunDetail) -> String {
    var text = headline(run.summary) + "\n"
    for entry in run.entries {
      text += line(entry)
      guard let attempt = entry.attempt, entry.isRecorded else { continue }
      text += "      recorded: jackfield runs show \(run.summary.id) --attempt \(attempt) --record\n"
    }
    return text
  }

  /// One call with its input, its result and its error in full.
  static func full(_ entry: RunDetail.Entry, of run: RunSummary) -> String {
    var text = "run \(run.id) · \(run.connector) · attempt \(entry.attempt ?? 0)\n" + line(entry)
    for name in ["input", "output", "error"] {
      guard let value = entry.content[name] else { continue }
      text += "\(name)\n\(value.prettyJSON)\n"
    }
    return text
  }

  /// A dry run and its steps.
  static func text(_ run: DryRunReport) -> String {
    var text = "dry run · \(run.connector) draft · \(run.state)"
    if run.waitedMS > 0 { text += " after waiting \(duration(run.waitedMS)) in all" }
    if let reason = run.reason { text += "\n  \(reason)" }
    text += "\n"
    for content in run.entries {
      text += line(RunDetail.Entry(sequence: 0, startedAt: 0, durationMS: 0, content: content))
    }
    if let response = run.response { text += "  answer " + response.json + "\n" }
    return text
  }

  /// `run 12 · issue_mail v3 · succeeded in 84 ms`.
  static func headline(_ run: RunSummary) -> String {
    var text = "run \(run.id) · \(run.connector) "
    text += run.version == "draft" ? "draft" : "v\(run.version)"
    text += " · \(run.state)"
    if let finished = run.finishedAt { text += " in \(duration(finished - run.startedAt))" }
    if let mark = run.mark { text += " · \(mark)" }
    if let reason = run.reason, !reason.isEmpty { text += "\n  \(reason)" }
    return text
  }

  /// `850 ms`, `12.4 s`, `3 min 20 s`, `5 h 10 min`, `3 d 0 h`.
  static func duration(_ milliseconds: Int64) -> String {
    if milliseconds < 1_000 { return "\(milliseconds) ms" }
    if milliseconds < 60_000 {
      return "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
    }
    let minutes = milliseconds / 60_000
    if minutes < 60 { return "\(minutes) min \(milliseconds / 1_000 % 60) s" }
    if minutes < 1_440 { return "\(minutes / 60) h \(minutes % 60) min" }
    return "\(minutes / 1_440) d \(minutes / 60 % 24) h"
  }

  private static func line(_ entry: RunDetail.Entry) -> String {
    let content = entry.content
    let kind = content["kind"]?.asText ?? ""
    let status = content["status"]?.asText ?? ""
    let step = content["step"]?.asText.map { $0 + " / " } ?? ""
    let element = content["element"]?.asInteger.map { "[\($0)]" } ?? ""
    let name = step + (content["component"]?.asText ?? kind) + element
    var text = "  " + sign(status).padded(to: 2) + name.padded(to: 34)
    text += (content["action"]?.asText ?? kind).padded(to: 26)
    text += status.padded(to: 11)
    if content["dry_run"] == true {
      text += "dry run"
    } else if kind == "action" {
      text += duration(entry.durationMS)
    }
    text = trimmed(text) + "\n"
    if let error = content["error"], !error.isNull {
      let code = error["code"]?.asText ?? ""
      let provider = error["provider_code"]?.asText.map { " (\($0))" } ?? ""
      text += "      \(error["class"]?.asText ?? "") \(code)\(provider): "
      text += (error["message"]?.asText ?? "") + "\n"
    }
    if kind == "attempt", let attempts = content["attempts"]?.asInteger {
      text += "      attempt \(attempts), the next one follows\n"
    }
    if let taken = content["taken"], !taken.isNull { text += "      fallback: \(words(taken))\n" }
    if kind == "action", let output = content["output"], !output.isEmpty {
      text += "      → \(short(output))\n"
    }
    if kind == "filter" { text += conditions(content["input"] ?? .null) }
    for note in content["notes"]?.asList ?? [] { text += "      \(note.asText ?? note.json)\n" }
    return text
  }

  /// `stop`, `goto late`, `action sms`.
  private static func words(_ taken: JSONValue) -> String {
    if let text = taken.asText { return text }
    if let step = taken["goto"]?.asText { return "goto \(step)" }
    if let action = taken["action"]?.asText { return "action \(action)" }
    return taken.json
  }

  private static func conditions(_ input: JSONValue) -> String {
    let list = input["conditions"]?.asList ?? input.asList ?? []
    return list.map { "      \(short($0))\n" }.joined()
  }

  private static func sign(_ status: String) -> String {
    switch status {
    case "succeeded", "passed", "resumed": "✓"
    case "filtered", "skipped": "–"
    case "waiting", "running": "…"
    case "cancelled", "past_due", "timeout": "·"
    case "unknown": "?"
    default: "✗"
    }
  }

  private static func short(_ value: JSONValue) -> String {
    let text = value.json
    return text.count > 160 ? text.prefix(157) + "…" : text
  }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }
}
