// SPDX-License-Identifier: Apache-2.0
// The members of a JSON object, in the order written.

/// An ordered map from names to values. A name stands once; setting it again keeps its place.
/// Names are compared byte by byte. Equality ignores the order.
public struct JSONObject: Sendable {
  struct Member: Sendable {
    var name: String
    var value: JSONValue
  }

  /// Up to here a scan over the names costs no more than hashing one would.
  static let indexedAbove = 24

  private(set) var members: [Member]
  /// Where each name stands; only for objects with more than `indexedAbove` members.
  private var places: [NameBytes: Int]?

  public init() {
    members = []
    places = nil
  }

  /// Members whose names are known to differ.
  init(unique members: [Member]) {
    self.members = members
    places = nil
    if members.count > Self.indexedAbove { rebuildIndex() }
  }

  /// Members among which a name may stand twice: its first place, its last value.
  init(repeating members: [Member]) {
    self.init(unique: members)
    // An index as long as the list means that all differ after all.
    if let places, places.count == members.count { return }
    self.init(members.lazy.map { (name: $0.name, value: $0.value) })
  }

  public init(_ members: some Sequence<(name: String, value: JSONValue)>) {
    self.init()
    for member in members { self[member.name] = member.value }
  }

  public var count: Int { members.count }
  public var isEmpty: Bool { members.isEmpty }
  public var names: [String] { members.map(\.name) }
  public var values: [JSONValue] { members.map(\.value) }

  /// Setting nil removes the member; setting a new name appends it.
  public subscript(_ name: String) -> JSONValue? {
    get { place(of: name).map { members[$0].value } }
    set {
      switch (place(of: name), newValue) {
      case (let at?, let value?): members[at].value = value
      case (let at?, nil): remove(at: at)
      case (nil, let value?): append(name, value)
      case (nil, nil): break
      }
    }
  }

  public mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

  /// Adds a member whose name cannot stand there yet, which spares the search for it.
  package mutating func add(_ name: String, _ value: JSONValue) { append(name, value) }
}

extension JSONObject {
  private func place(of name: String) -> Int? {
    if let places { return places[NameBytes(name: name)] }
    return members.firstIndex { $0.name.hasSameBytes(as: name) }
  }

  private mutating func append(_ name: String, _ value: JSONValue) {
    members.append(Member(name: name, value: value))
    if places != nil {
      places?[NameBytes(name: name)] = members.count - 1
    } else if members.count > Self.indexedAbove {
      rebuildIndex()
    }
  }

  private mutating func remove(at place: Int) {
    let removed = members.remove(at: place)
    guard places != nil else { return }
    if members.count <= Self.indexedAbove {
      places = nil
    } else if place == members.count {
      places?[NameBytes(name: removed.name)] = nil
    } else {
      rebuildIndex()
    }
  }

  private mutating func rebuildIndex() {
    var index = [NameBytes: Int](minimumCapacity: members.count)
    for (place, member) in members.enumerated() { index[NameBytes(name: member.name)] = place }
    places = index
  }

  /// A name as a key that is equal to another only byte by byte.
  private struct NameBytes: Hashable, Sendable {
    let name: String
    static func == (a: Self, b: Self) -> Bool { a.name.hasSameBytes(as: b.name) }
    func hash(into hasher: inout Hasher) {
      name.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }
}

extension JSONObject: Sequence {
  public typealias Element = (name: String, value: JSONValue)

  public struct Iterator: IteratorProtocol {
    var base: IndexingIterator<[Member]>
    public mutating func next() -> (name: String, value: JSONValue)? {
      base.next().map { ($0.name, $0.value) }
    }
  }

  public func makeIterator() -> Iterator { Iterator(base: members.makeIterator()) }
  public var underestimatedCount: Int { count }
}

extension JSONObject: Hashable {
  public static func == (a: JSONObject, b: JSONObject) -> Bool {
    guard a.count == b.count else { return false }
    for (left, right) in zip(a.members, b.members) {
      // Most equal objects are in the same order, which needs no search.
      guard left.name.hasSameBytes(as: right.name) else {
        return a.members.allSatisfy { b[$0.name] == $0.value }
      }
      guard left.value == right.value else { return false }
    }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    var sum = 0
    for member in members {
      var one = Hasher()
      one.combine(NameBytes(name: member.name))
      one.combine(member.value)
      sum &+= one.finalize()
    }
    hasher.combine(members.count)
    hasher.combine(sum)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init()
    for (name, value) in elements { self[name] = value }
  }
}
