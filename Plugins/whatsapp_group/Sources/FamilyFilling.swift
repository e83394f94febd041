// SPDX-License-Identifier: Apache-2.0
// Bringing numbers into one base group and its children.
import JackfieldBase
import JackfieldPlugin
import WhatsAppGateway

/// One family while it is filled: a number is in one of its groups at most.
///
/// The base takes members while it has no child; afterwards the newest child does. Groups before
/// it are not filled up again, so that a number has one place in the order of joining.
struct FamilyFilling {
  /// A group with its true members.
  private struct Place {
    var group: KnownGroup
    var state: GatewayGroup
    /// The gateway said so, below the cap we know.
    var isFull = false
    var isNew = false
    var name: String { state.name.isEmpty ? group.name : state.name }
  }

  private var family: GroupFamily
  private let groups: GroupChannel
  private let directory: GroupDirectory
  private let wantsAdmins: Bool
  private let opensChildren: Bool
  private var places: [Place] = []
  private var gone: [KnownGroup] = []

  private(set) var added: [AddMembers.Addition] = []
  private(set) var already: [AddMembers.Membership] = []
  private(set) var failures = SendFailures()
  private(set) var isChanged = false

  init(
    _ family: GroupFamily, _ groups: GroupChannel, _ directory: GroupDirectory, isAdmin: Bool,
    opensChildren: Bool
  ) {
    self.family = family
    self.groups = groups
    self.directory = directory
    wantsAdmins = isAdmin
    self.opensChildren = opensChildren
  }

  /// Brings each number into one of the groups.
  ///
  /// **Throws**: what reading throws; what goes wrong with numbers is listed.
  mutating func fill(_ numbers: [String]) throws(ActionError) {
    guard try readPlaces() else {
      for number in numbers {
        failures.add(
          number, .notFound("group_not_found", "group not found: \(family.base.name)"))
      }
      return
    }
    guard !groups.lacksRights(in: places[0].state) else {
      for number in numbers { failures.add(number, .denied("not_admin", "not a group admin")) }
      return
    }
    var rest: [String] = []
    var present: [(number: String, place: Int)] = []
    for number in numbers {
      if let place = places.firstIndex(where: { $0.state.holds(number) }) {
        present.append((number, place))
        already.append(.init(number: number, group: places[place].name))
      } else {
        rest.append(number)
      }
    }
    if wantsAdmins { try promote(present) }
    do throws(ActionError) {
      while !rest.isEmpty {
        let room = groups.cap - places[places.count - 1].state.members.count
        if room > 0 && !places[places.count - 1].isFull {
          rest = try add(Array(rest.prefix(room))) + rest.dropFirst(room)
        } else if opensChildren {
          try openChild(Array(rest.prefix(max(1, groups.cap - 1))))
          rest.removeAll(where: isSettled)
        } else {
          for number in rest { failures.add(number, .failed("group_full", "group full")) }
          return
        }
      }
    } catch {
      // What was reached so far stands; the others are told why.
      for number in rest where !isSettled(number) { failures.add(number, error.retriable) }
    }
  }

  /// Writes down what was read and made.
  func record(in records: GroupRecords) throws(ActionError) {
    for group in gone { try records.noteGone(group) }
    guard let base = places.first else { return }
    var more: JSONObject = [:]
    if family.lastChild > 0 { more["last_child"] = .integer(Int64(family.lastChild)) }
    let id = try records.note(base.group, base.state, more)
    for place in places.dropFirst() {
      guard place.isNew else {
        try records.note(place.group, place.state)
        continue
      }
      try records.note(
        place.group, place.state,
        ["base": .text(id), "number": .integer(Int64(Self.number(of: place.group, family)))])
    }
  }

  // MARK: Members

  private mutating func readPlaces() throws(ActionError) -> Bool {
    for group in family.all {
      if let state = try groups.read(group.id) {
        places.append(Place(group: group, state: state))
      } else {
        gone.append(group)
        if group.id == family.base.id { return false }
      }
    }
    return true
  }

  /// Adds to the last group; those for whom it was full come back.
  private mutating func add(_ batch: [String]) throws(ActionError) -> [String] {
    let last = places.count - 1
    let group = places[last].group
    var refusals: [String: MemberRefusal] = [:]
    var trouble: ActionError?
    do throws(ActionError) {
      refusals = try groups.gateway.add(batch, to: group.id)
    } catch {
      trouble = error
    }
    let before = places[last].state.members.count
    guard let state = try groups.gateway.group(group.id) else {
      throw .notFound("group_not_found", "group not found: \(group.name)")
    }
    places[last].state = state
    settle(batch, in: last)
    if wantsAdmins { try promote(batch.filter(state.holds).map { ($0, last) }) }
    let missing = batch.filter { !state.holds($0) }
    if let trouble, !missing.isEmpty { throw trouble }
    var overflow: [String] = []
    for number in missing {
      switch refusals[number] {
      case .groupFull: overflow.append(number)
      case .present: already.append(.init(number: number, group: places[last].name))
      case let refusal?: try refuse(number, refusal, group.id)
      case nil: try refuse(number, .invitationOnly, group.id)
      }
    }
    // Full below the cap we know is full all the same. One that is full with nobody but the own
    // account in it would be followed by another such, without end.
    if !overflow.isEmpty { places[last].isFull = true }
    if !overflow.isEmpty && before <= 1 {
      for number in overflow { failures.add(number, .failed("group_full", "group full")) }
      return []
    }
    return overflow
  }

  private mutating func refuse(
    _ number: String, _ refusal: MemberRefusal, _ group: String
  ) throws(ActionError) {
    var link = ""
    if refusal == .invitationOnly { link = (try? groups.gateway.inviteLink(of: group)) ?? "" }
    failures.add(number, refusal.error(number, link))
  }

  /// Lists those of a batch who are in a group now.
  private mutating func settle(_ batch: [String], in place: Int) {
    for number in batch where places[place].state.holds(number) && !isSettled(number) {
      isChanged = true
      added.append(
        .init(
          number: number, group: places[place].name, base: places[0].name,
          created_group: places[place].isNew))
    }
  }

  private func isSettled(_ number: String) -> Bool {
    added.contains { $0.number == number } || already.contains { $0.number == number }
      || failures.errors.contains { $0.target == number }
  }

  private mutating func promote(
    _ members: [(number: String, place: Int)]
  ) throws(ActionError) {
    for place in places.indices {
      let lacking = members.filter { $0.place == place }.map(\.number)
        .filter { !places[place].state.isAdmin($0) }
      guard !lacking.isEmpty else { continue }
      try groups.gateway.promote(lacking, in: places[place].group.id)
      isChanged = true
      if let state = try groups.gateway.group(places[place].group.id) {
        places[place].state = state
      }
      for number in lacking where !places[place].state.isAdmin(number) {
        failures.add(number, .failed("not_changed", "\(number) is in the group, but no admin"))
      }
    }
  }

  // MARK: Children

  /// Opens the next child with the numbers that overflow. One that was made before and is in no
  /// record, because nothing could be written down then, is taken instead of making another.
  private mutating func openChild(_ batch: [String]) throws(ActionError) {
    let number = family.lastChild + 1
    let baseName = places[0].name
    let name = "\(baseName) \(number)"
    guard name.unicodeScalars.count <= 100 else {
      throw .invalidInput("bad_name", "the name of a child, \(name), has more than 100 characters")
    }
    var id = try orphan(name)
    if id == nil {
      do throws(ActionError) {
        id = try groups.gateway.createGroup(name, batch)
      } catch {
        // Unavailable is what the host calls a lost answer where requests may be repeated.
        guard [.unknownOutcome, .unavailable].contains(error.class), let made = try orphan(name)
        else { throw error }
        id = made
      }
    }
    guard let id, let state = try groups.gateway.group(id) else {
      throw .unavailable("gateway_unavailable", "the child group \(name) cannot be read back")
    }
    family.lastChild = number
    isChanged = true
    places.append(Place(group: KnownGroup(id: id, name: name), state: state, isNew: true))
    family.children.append(places[places.count - 1].group)
    if places[0].state.isAnnounce && !state.isAnnounce {
      try groups.gateway.setAnnounce(true, in: id)
      if let read = try groups.gateway.group(id) { places[places.count - 1].state = read }
    }
    settle(batch, in: places.count - 1)
    if wantsAdmins {
      let last = places.count - 1
      try promote(batch.filter(places[last].state.holds).map { ($0, last) })
    }
  }

  /// The id of a group of this name that the own account made and no record knows.
  private func orphan(_ name: String) throws(ActionError) -> String? {
    for group in try groups.gateway.groups() where group.name == name {
      guard groups.own == nil || group.owner == groups.own else { continue }
      guard !places.contains(where: { $0.group.id == group.id }) else { continue }
      if try !directory.isKnown(group.id) { return group.id }
    }
    return nil
  }

  private static func number(of group: KnownGroup, _ family: GroupFamily) -> Int {
    let fresh = family.children.filter { $0.record == nil }
    guard let index = fresh.firstIndex(where: { $0.id == group.id }) else { return 0 }
    return family.lastChild - (fresh.count - 1 - index)
  }
}
