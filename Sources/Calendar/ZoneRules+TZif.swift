// SPDX-License-Identifier: Apache-2.0
// Reads a compiled zone file.

extension ZoneRules {
  /// **Unit** bytes; the largest file of the database has 3.5 KiB.
  package static let fileBytes = 256 << 10

  /// Reads the bytes of a TZif file, versions 1 to 4.
  ///
  /// **Throws** `bad_zone_file`; `leap_seconds` for a file whose times are not those of a clock.
  /// **Source** RFC 8536 §3, RFC 9636 §3 for version 4.
  package convenience init(tzif bytes: [UInt8]) throws(CalendarError) {
    guard bytes.count <= ZoneRules.fileBytes else {
      throw TZifFile.damaged("it has more than \(ZoneRules.fileBytes) bytes")
    }
    var file = TZifFile(bytes: bytes)
    var header = try file.header()
    var isWide = false
    if header.version >= 2 {
      // The first block is for readers of 32 bits and may be empty: pass over it.
      try file.skip(header.size(timeBytes: 4))
      header = try file.header()
      isWide = true
    }
    let block = try file.block(header, timeBytes: isWide ? 8 : 4)
    let rule = isWide ? try file.footer() : nil
    self.init(starts: block.starts, types: block.types, first: block.first, rule: rule)
  }
}

/// A scan over one file.
private struct TZifFile {
  struct Header {
    let version: UInt8
    let counts: Counts

    func size(timeBytes: Int) -> Int {
      counts.times * (timeBytes + 1) + counts.types * 6 + counts.characters
        + counts.leaps * (timeBytes + 4) + counts.standards + counts.universals
    }
  }

  struct Counts {
    let universals, standards, leaps, times, types, characters: Int
  }

  struct Block {
    var starts: [Int64] = []
    var types: [ZoneRules.LocalType] = []
    var first: ZoneRules.LocalType
  }

  let bytes: [UInt8]
  var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  static func damaged(_ what: String) -> CalendarError {
    CalendarError(
      .badZoneFile, "the time zone file is damaged (\(what)): install the package tzdata again")
  }

  mutating func header() throws(CalendarError) -> Header {
    guard try take(4).elementsEqual("TZif".utf8) else { throw TZifFile.damaged("it has no header") }
    let version = try take(1).first ?? 0
    _ = try take(15)
    var counts: [Int] = []
    for _ in 0..<6 { counts.append(Int(try number(4) & 0xffff_ffff)) }
    // No allocation follows a count that is larger than the file.
    guard counts.allSatisfy({ $0 <= bytes.count }) else { throw TZifFile.damaged("a count") }
    return Header(
      version: version < 48 ? 1 : version - 48,
      counts: Counts(
        universals: counts[0], standards: counts[1], leaps: counts[2], times: counts[3],
        types: counts[4], characters: counts[5]))
  }

  mutating func skip(_ count: Int) throws(CalendarError) { _ = try take(count) }

  mutating func block(_ header: Header, timeBytes: Int) throws(CalendarError) -> Block {
    let counts = header.counts
    guard counts.leaps == 0 else {
      throw CalendarError(
        .leapSeconds, "the time zone counts leap seconds, which clocks do not: use the zone "
          + "without \"right/\"")
    }
    guard (1...256).contains(counts.types), counts.characters > 0 else {
      throw TZifFile.damaged("it has no local time")
    }
    var starts: [Int64] = []
    for _ in 0..<counts.times { starts.append(try number(timeBytes)) }
    guard zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 }),
      starts.allSatisfy({ $0.magnitude <= 1 << 60 })
    else { throw TZifFile.damaged("its times do not ascend") }
    let indexes = Array(try take(counts.times))
    let records = Array(try take(counts.types * 6))
    let characters = Array(try take(counts.characters))
    try skip(counts.standards + counts.universals)
    var types: [ZoneRules.LocalType] = []
    for index in 0..<counts.types {
      types.append(try type(records[(index * 6)..<(index * 6 + 6)], characters))
    }
    var block = Block(starts: starts, first: types[0])
    for index in indexes {
      guard Int(index) < types.count else { throw TZifFile.damaged("a type that is not there") }
      block.types.append(types[Int(index)])
    }
    return block
  }

  private func type(
    _ record: ArraySlice<UInt8>, _ characters: [UInt8]
  ) throws(CalendarError) -> ZoneRules.LocalType {
    let offset = TZifFile.signed(record.prefix(4))
    let start = Int(record[record.startIndex + 5])
    guard abs(offset) < ZoneRules.maxOffset, start < characters.count else {
      throw TZifFile.damaged("an offset or a name")
    }
    let name = characters[start...].prefix { $0 != 0 }.prefix(32)
    return ZoneRules.LocalType(
      offset: offset, isDaylight: record[record.startIndex + 4] != 0,
      abbreviation: String(decoding: name, as: UTF8.self))
  }

  /// The rule between the last two line ends; nil where there is none.
  mutating func footer() throws(CalendarError) -> YearlyRule? {
    guard at < bytes.count else { return nil }
    guard try take(1).first == 10, let end = bytes[at...].firstIndex(of: 10) else {
      throw TZifFile.damaged("its last line")
    }
    let text = Array(bytes[at..<end])
    if text.isEmpty { return nil }
    guard let rule = YearlyRule(text: text) else { throw TZifFile.damaged("its yearly rule") }
    return rule
  }

  private mutating func take(_ count: Int) throws(CalendarError) -> ArraySlice<UInt8> {
    guard count <= bytes.count - at else { throw TZifFile.damaged("it ends too early") }
    defer { at += count }
    return bytes[at..<at + count]
  }

  private mutating func number(_ count: Int) throws(CalendarError) -> Int64 {
    TZifFile.signed(try take(count))
  }

  /// Big-endian, in two's complement.
  private static func signed(_ bytes: ArraySlice<UInt8>) -> Int64 {
    var number = Int64(Int8(bitPattern: bytes.first ?? 0))
    for byte in bytes.dropFirst() { number = number << 8 | Int64(byte) }
    return number
  }
}
