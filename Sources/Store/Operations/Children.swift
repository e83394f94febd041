// SPDX-License-Identifier: Apache-2.0
// The runs of a list's elements.

import Pipeline

extension WriteTransaction {
  /// Starts a run for each element, all or none. They are ready; each keeps its own element, and
  /// the event and the scope once, with the parent.
  ///
  /// With `waits` the last that ends makes the parent due, if it is parked for its children by
  /// then: park it in the same body.
  ///
  /// **Shape** the runs in the order of the items
  /// **Throws** `too_large`; `already_recorded` if the step has children
  package func childrenInsert(
    parent id: RunID, step: Int, scope: String, items: [String], waits: Bool, nowMS: Int64
  ) throws(StoreError) -> [RunID] {
    guard items.count <= StoreLimits.children else {
      throw StoreError(
        .tooLarge,
        "a list of \(items.count) elements would become runs of their own, the most is "
          + "\(StoreLimits.children): split the list before it comes here")
    }
    guard let parent = try runGet(id) else { throw noRun(id) }
    let kept = try childrenKept(of: id, step: step, items: items)
    let open = items.count - kept.count
    try database.statement(
      """
      INSERT INTO child_group (parent, step, count, open, waits, scope) VALUES (?, ?, ?, ?, ?, ?)
      """
    ).bind(id.rawValue).bind(Int64(step)).bind(Int64(items.count)).bind(Int64(open))
      .bind(waits && open > 0).bind(scope).run()
    var runs: [RunID] = []
    for (element, item) in items.enumerated() where !kept.contains(element) {
      let place = ChildPlace(parent: id, step: step, element: element)
      runs.append(try childInsert(place, of: parent, item: item, nowMS: nowMS))
    }
    return runs
  }

  /// Makes room where a person has the parent go on at this step: what succeeded with the same
  /// element stands, everything else is run again.
  ///
  /// **Shape** the elements that stand
  /// **Throws** `already_recorded` while one of the earlier runs has not ended
  private func childrenKept(
    of parent: RunID, step: Int, items: [String]
  ) throws(StoreError) -> Set<Int> {
    try childrenHaveEnded(of: parent, step: step)
    let removed = try database.statement("DELETE FROM child_group WHERE parent = ? AND step = ?")
      .bind(parent.rawValue).bind(Int64(step)).run()
    guard removed > 0 else { return [] }
    let succeeded = try database.statement(
      """
      SELECT element, item FROM child WHERE parent = ? AND step = ? AND state = 'succeeded'
      """
    ).bind(parent.rawValue).bind(Int64(step)).all { row throws(StoreError) in
      (Int(row.integer(0)), row.text(1))
    }
    var kept: Set<Int> = []
    for (element, item) in succeeded where element < items.count && items[element] == item {
      kept.insert(element)
    }
    for element in try childOutcomes(parent, step: step).map(\.element)
    where !kept.contains(element) {
      try database.statement("DELETE FROM child WHERE parent = ? AND step = ? AND element = ?")
        .bind(parent.rawValue).bind(Int64(step)).bind(Int64(element)).run()
    }
    return kept
  }

  /// **Throws** `already_recorded` while the run of an element of this step has not ended.
  func childrenHaveEnded(of parent: RunID, step: Int) throws(StoreError) {
    let open = try database.statement(
      "SELECT run FROM child WHERE parent = ? AND step = ? AND state IS NULL LIMIT 1"
    ).bind(parent.rawValue).bind(Int64(step)).first { row throws(StoreError) in row.integer(0) }
    if let open {
      throw StoreError(
        .alreadyRecorded,
        "run \(open), an element of run \(parent), has not ended: cancel it, or wait for its end")
    }
  }

  private func childInsert(
    _ place: ChildPlace, of parent: RunRow, item: String, nowMS: Int64
  ) throws(StoreError) -> RunID {
    try database.statement(
      """
      INSERT INTO run (project, connector, version, state, incarnation, sequence, position,
        contact, started_at, updated_at, parent, child_step, element, hops, retries)
      VALUES (?, ?, ?, 'ready', 0, 0, '{}', ?, ?, ?, ?, ?, ?, ?, 0)
      """
    ).bind(parent.project.rawValue).bind(parent.connector.rawValue).bind(parent.version)
      .bind(parent.contact?.rawValue).bind(nowMS).bind(nowMS).bind(place.parent.rawValue)
      .bind(Int64(place.step)).bind(Int64(place.element)).bind(Int64(parent.hops)).run()
    let run = RunID(database.lastRowID)
    try database.statement(
      "INSERT INTO child (parent, step, element, run, item) VALUES (?, ?, ?, ?, ?)"
    ).bind(place.parent.rawValue).bind(Int64(place.step)).bind(Int64(place.element))
      .bind(run.rawValue).bind(item).run()
    return run
  }

  /// Keeps how an element came out.
  ///
  /// **Shape** whether its parent is due now because it was the last
  func childFinished(
    _ place: ChildPlace, _ state: RunState, saved: String?, nowMS: Int64
  ) throws(StoreError) -> Bool {
    try database.statement(
      "UPDATE child SET state = ?, saved = ? WHERE parent = ? AND step = ? AND element = ?"
    ).bind(state.rawValue).bind(saved).bind(place.parent.rawValue).bind(Int64(place.step))
      .bind(Int64(place.element)).run()
    let left = try database.statement(
      """
      UPDATE child_group SET open = open - 1 WHERE parent = ? AND step = ? AND open > 0
      RETURNING open, waits
      """
    ).bind(place.parent.rawValue).bind(Int64(place.step))
      .all { row throws(StoreError) in (row.integer(0), row.boolean(1)) }
    guard let (open, waits) = left.first, open == 0, waits else { return false }
    try database.statement("UPDATE child_group SET waits = 0 WHERE parent = ? AND step = ?")
      .bind(place.parent.rawValue).bind(Int64(place.step)).run()
    return try childrenWake(place.parent, nowMS: nowMS)
  }

  /// Makes a parent due that waits for its elements; false when it does not.
  @discardableResult
  package func childrenWake(_ parent: RunID, nowMS: Int64) throws(StoreError) -> Bool {
    try database.statement(
      """
      UPDATE run SET due_at = 0, wake = 'children', sequence = sequence + 1, updated_at = ?
      WHERE id = ? AND state = 'waiting' AND wait_kind = 'children'
      """
    ).bind(nowMS).bind(parent.rawValue).run() > 0
  }

  /// Cancels the children that nobody works on; the others are told.
  func childrenCancel(of parent: RunID, nowMS: Int64) throws(StoreError) -> RunAftermath {
    var aftermath = RunAftermath()
    for run in try childrenOpen(parent) {
      let ended = try runEndNow(
        run, ready: true, waiting: true, running: false,
        reason: WriteTransaction.parentCancelled, nowMS: nowMS)
      if let ended {
        aftermath.cancelledChildren.append(run)
        aftermath.add(ended)
      } else {
        aftermath.runningChildren.append(run)
      }
    }
    return aftermath
  }

  static let parentCancelled = "the run it belongs to was cancelled"
}

extension StoreReading {
  func noRun(_ id: RunID) -> StoreError {
    StoreError(.notFound, "there is no run \(id): list the runs to see those there are")
  }

  /// The children of a run that have not ended.
  package func childrenOpen(_ parent: RunID) throws(StoreError) -> [RunID] {
    try database.statement(
      "SELECT run FROM child WHERE parent = ? AND state IS NULL ORDER BY step, element"
    ).bind(parent.rawValue).all { row throws(StoreError) in RunID(row.integer(0)) }
  }

  /// What a child run begins with; nil for a run that is no child.
  package func childScope(_ run: RunID) throws(StoreError) -> ChildScopeRow? {
    try database.statement(
      """
      SELECT run.parent, run.child_step, run.element, child_group.count, child.item,
        child_group.scope
      FROM run
      JOIN child_group ON child_group.parent = run.parent AND child_group.step = run.child_step
      JOIN child ON child.parent = run.parent AND child.step = run.child_step
        AND child.element = run.element
      WHERE run.id = ?
      """
    ).bind(run.rawValue).first { row throws(StoreError) in
      ChildScopeRow(
        place: ChildPlace(
          parent: RunID(row.integer(0)), step: Int(row.integer(1)), element: Int(row.integer(2))),
        count: Int(row.integer(3)), item: row.text(4), scope: row.text(5))
    }
  }

  /// How the elements of a step came out, in their order.
  package func childOutcomes(
    _ parent: RunID, step: Int
  ) throws(StoreError) -> [ChildOutcomeRow] {
    try database.statement(
      "SELECT element, run, state, saved FROM child WHERE parent = ? AND step = ? ORDER BY element"
    ).bind(parent.rawValue).bind(Int64(step)).all { row throws(StoreError) in
      ChildOutcomeRow(
        element: Int(row.integer(0)), run: RunID(row.integer(1)),
        state: row.textOrNil(2).flatMap { RunState(rawValue: $0) }, saved: row.textOrNil(3))
    }
  }

  /// The lists a run started runs for.
  package func childGroups(_ parent: RunID) throws(StoreError) -> [ChildGroupRow] {
    try database.statement(
      "SELECT step, count, open FROM child_group WHERE parent = ? ORDER BY step"
    ).bind(parent.rawValue).all { row throws(StoreError) in
      ChildGroupRow(
        parent: parent, step: Int(row.integer(0)), count: Int(row.integer(1)),
        open: Int(row.integer(2)))
    }
  }
}
