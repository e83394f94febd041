// SPDX-License-Identifier: Apache-2.0
// JSON parse and write, beside Foundation's.
import Foundation
import Values

/// What a value costs to read and to write: every parameter, result and event passes through this.
enum JSONQuestion {
  static func make(scale: Double) -> Question {
    let text = Array(sample.utf8)
    let repeats = Int(20_000 * scale)
    return Question(
      name: "json", title: "JSON of \(text.count) bytes, beside Foundation's JSONSerialization",
      figures: [
        Figure("parse", "MB/s", .ratioAtLeast(1)),
        Figure("parse_tape", "MB/s"),
        Figure("write", "MB/s", .ratioAtLeast(1)),
      ],
      ours: { try ours(text, repeats) },
      reference: { try foundation(Data(text), repeats) })
  }

  private static func ours(_ text: [UInt8], _ repeats: Int) throws -> Question.Reading {
    let megabytes = Double(text.count * repeats) / 1e6
    var checksum = 0
    let parse = try CPUTime.measure {
      for _ in 0..<repeats { checksum &+= try JSONValue(parsing: text).asObject?.count ?? 0 }
    }
    let tape = try CPUTime.measure {
      for _ in 0..<repeats {
        let tape = try JSONTape(parsing: text)
        checksum &+= withExtendedLifetime(tape) { Int(bitPattern: tape.root) & 1 }
      }
    }
    let value = try JSONValue(parsing: text)
    let write = CPUTime.measure {
      for _ in 0..<repeats { checksum &+= value.jsonBytes.count }
    }
    precondition(checksum != 0)
    return ["parse": megabytes / parse, "parse_tape": megabytes / tape, "write": megabytes / write]
  }

  private static func foundation(_ text: Data, _ repeats: Int) throws -> Question.Reading {
    // Foundation is slow enough that a tenth of the repeats is as exact.
    let repeats = max(repeats / 10, 10)
    let megabytes = Double(text.count * repeats) / 1e6
    var checksum = 0
    let parse = try CPUTime.measure {
      for _ in 0..<repeats {
        checksum &+= (try JSONSerialization.jsonObject(with: text) as? [String: Any])?.count ?? 0
      }
    }
    let value = try JSONSerialization.jsonObject(with: text)
    let write = try CPUTime.measure {
      for _ in 0..<repeats {
        checksum &+= try JSONSerialization.data(withJSONObject: value).count
      }
    }
    precondition(checksum != 0)
    return ["parse": megabytes / parse, "write": megabytes / write]
  }

  /// An event as forms and shops send them: nested, some numbers, some text beyond ASCII.
  private static let sample = """
    {"event":"lead.created","lead_id":9007199254740993,"submitted_at":"2026-11-22T09:30:00Z",\
    "name":"Zoë Müller-Łukasiewicz","phone":"+91 98765 43210","email":"zoe@example.test",\
    "company":"Müller & Söhne GmbH","plan":"team","seats":25,"price":312.5,"discount":null,\
    "consent":true,"newsletter":false,"interests":["automation","crm","whatsapp","analytics"],\
    "address":{"street":"Hauptstraße 12","city":"Köln","zip":"50667","country":"DE",\
    "geo":{"lat":50.937531,"lon":6.960279}},"custom_variables":{"utm_source":"newsletter",\
    "utm_medium":"email","utm_campaign":"autumn-2026","gclid":"Cj0KCQiA-deadbeef"},\
    "comment":"Please call after 5 pm.\\nWe have \\"urgent\\" questions about the API — thanks!",\
    "lines":[{"sku":"A-1","quantity":2,"price":19.99},{"sku":"B-22","quantity":1,"price":249.0}]}
    """
}
