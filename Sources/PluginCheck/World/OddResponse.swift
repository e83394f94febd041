// SPDX-License-Identifier: Apache-2.0
// Responses of peers that are broken or mean it badly.

import Values

/// A few answers that no documentation shows.
enum OddResponse {
  private static let bodies: [(status: Int64, type: String, body: [UInt8])] = [
    (200, "application/json", [0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x80, 0x7d]),
    (200, "text/plain", [0xc3, 0x28, 0x00, 0xf0, 0x9f]),
    (200, "application/json", []),
    (200, "application/json", Array("{\"id\": ".utf8)),
    (200, "application/json", Array(repeating: 0x5b, count: 100_000)),
    (200, "application/json", Array("[[[[[[[[[[null]]]]]]]]]]".utf8)),
    (200, "application/json", Array("null".utf8)),
    (200, "text/html", Array(repeating: 0x41, count: 1 << 20)),
    (599, "application/json", Array("{\"error\": 5}".utf8)),
    (100, "", Array("{}".utf8)),
  ]

  static let count = bodies.count

  static func answer(_ way: Int, to use: ServiceUse) -> ServiceAnswer {
    let (status, type, body) = bodies[way % count]
    let head: JSONValue = [
      "status": .integer(status), "headers": ["content-type": .text(type)],
      "url": use.json["url"] ?? "", "elapsed_ms": 7,
    ]
    return ServiceAnswer(status: 0, json: head, body: body)
  }
}
