// SPDX-License-Identifier: Apache-2.0
// A response as it comes in, line by line and piece by piece.
import CurlTransport
import ExchangeValues

/// Collects one response and keeps its limits.
struct HTTPResponse {
  private(set) var status = 0
  private(set) var headers: [(name: String, value: [UInt8])] = []
  private(set) var body: [UInt8] = []
  private var headerBytes = 0
  private var headersEnded = false

  /// Takes one header line; false when there are too many of them.
  mutating func take(line: UnsafeRawBufferPointer) -> Bool {
    headerBytes += line.count
    guard headerBytes <= CurlLimits.responseHeaderBytes else { return false }
    let text = line.trimmed
    if text.isStatusLine {
      // An interim response (1xx) came before: its headers are not the response's.
      headers = []
      headersEnded = false
      status = text.statusCode
    } else if text.isEmpty {
      headersEnded = true
    } else if !headersEnded {
      append(text)
    }
    return true
  }

  /// Takes a piece of the decoded body; false when that is more than `limit`.
  mutating func take(body piece: UnsafeRawBufferPointer, limit: Int) -> Bool {
    guard body.count + piece.count <= limit else { return false }
    body.append(contentsOf: piece)
    return true
  }

  func header(_ name: String) -> [UInt8]? { headers.first { $0.name == name }?.value }

  private mutating func append(_ line: UnsafeRawBufferPointer) {
    guard let colon = line.firstIndex(of: 0x3A) else { return }
    let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
    let value = UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]).trimmed
    let lower = name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    headers.append((String(decoding: lower, as: UTF8.self), Array(value)))
  }

  /// `{status, headers, url, elapsed_ms, hops?, saved?}`: repeated headers are joined, and those that describe
  /// an encoding which is undone by now are left out.
  func head(url: String, elapsedMS: Int64, hops: [String], saved: Int?) -> [UInt8] {
    var writer = HeadWriter()
    writer.objectBegin()
    writer.key("status")
    writer.integer(Int64(status))
    writer.key("headers")
    writer.objectBegin()
    let wasEncoded = header("content-encoding").map { !$0.isEmpty } ?? false
    for (name, value) in joined {
      if wasEncoded && (name == "content-encoding" || name == "content-length") { continue }
      writer.key(name)
      writer.text(value)
    }
    writer.objectEnd()
    writer.key("url")
    writer.text(url)
    writer.key("elapsed_ms")
    writer.integer(elapsedMS)
    if !hops.isEmpty {
      writer.key("hops")
      writer.listBegin()
      for hop in hops { writer.text(hop) }
      writer.listEnd()
    }
    if let saved {
      writer.key("saved")
      writer.integer(Int64(saved))
    }
    writer.objectEnd()
    return writer.bytes
  }

  private var joined: [(name: String, value: [UInt8])] {
    var places: [String: Int] = [:]
    var result: [(name: String, value: [UInt8])] = []
    for (name, value) in headers {
      if let place = places[name] {
        result[place].value += Array(", ".utf8) + value
      } else {
        places[name] = result.count
        result.append((name, value))
      }
    }
    return result
  }

  /// The response with every secret removed.
  mutating func scrub(_ scrubber: Scrubber) {
    headers = headers.map { (scrubber.scrub(name: $0.name), scrubber.scrub($0.value)) }
    body = scrubber.scrub(body)
  }
}

extension UnsafeRawBufferPointer {
  /// Without the spaces, tabs and line end around it.
  fileprivate var trimmed: UnsafeRawBufferPointer {
    var range = startIndex..<endIndex
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
    while let first = range.first, isBlank(self[first]) { range = (first + 1)..<range.upperBound }
    while let last = range.last, isBlank(self[last]) { range = range.lowerBound..<last }
    return UnsafeRawBufferPointer(rebasing: self[range])
  }

  fileprivate var isStatusLine: Bool { starts(with: "HTTP/".utf8) }

  /// The three digits after the version.
  fileprivate var statusCode: Int {
    guard let space = firstIndex(of: 0x20) else { return 0 }
    let digits = self[(space + 1)...].prefix(3)
    return Int(String(decoding: digits, as: UTF8.self)) ?? 0
  }
}
