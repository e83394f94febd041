// SPDX-License-Identifier: Apache-2.0
// Which connectors have runs on disk that nobody works on, and whose turn it is.
import Pipeline

/// A cursor for each connector, and a turn that goes round over projects, then over the connectors
/// of a project.
///
/// Run ids grow in the order of their commits (one writer), so everything active above a cursor is
/// still on disk, and what stands below it was taken in; only `rewind` says otherwise of a run.
struct Backlog: Sendable {
  private struct Line: Sendable {
    let project: ProjectID
    /// The highest id taken in.
    var cursor = RunID(0)
    /// Whether runs may stand on disk above the cursor.
    var hasRuns = false
    /// Whether its runs in memory move so badly that no more of them are wanted.
    var isFull = false
    /// Whether a run went to disk while a page was being read, which may not be in it.
    var grewMeanwhile = false
    /// Where to go back to, asked for while a page was being read.
    var rewindTo: RunID?

    var isWanted: Bool { hasRuns && !isFull }
  }

  private var lines: [ConnectorID: Line] = [:]
  private var projects = WaitLine<ProjectID>()
  private var connectors: [ProjectID: WaitLine<ConnectorID>] = [:]
  /// Those whose turn does not come until they go on.
  private var paused: Set<ProjectID> = []
  /// The connector a page is being read of.
  private(set) var reading: ConnectorID?

  /// Whether runs of this connector stand on disk in front of a new one.
  func hasRuns(_ connector: ConnectorID) -> Bool { lines[connector]?.hasRuns ?? false }

  /// A new run of the connector stands on disk.
  mutating func note(_ connector: ConnectorID, _ project: ProjectID) {
    let isReading = reading == connector
    lines[connector, default: Line(project: project)].hasRuns = true
    lines[connector]?.grewMeanwhile = isReading
    line(up: connector)
  }

  /// A run that may be below the cursor stands on disk.
  mutating func rewind(_ connector: ConnectorID, _ project: ProjectID, to run: RunID) {
    note(connector, project)
    let before = RunID(run.rawValue - 1)
    guard reading == connector else {
      let cursor = lines[connector]?.cursor ?? before
      lines[connector]?.cursor = min(before, cursor)
      return
    }
    let earlier = lines[connector]?.rewindTo ?? before
    lines[connector]?.rewindTo = min(before, earlier)
  }

  /// A run was taken in without a page.
  mutating func took(_ run: RunID, of connector: ConnectorID, _ project: ProjectID) {
    let cursor = lines[connector]?.cursor ?? run
    lines[connector, default: Line(project: project)].cursor = max(cursor, run)
  }

  func isFull(_ connector: ConnectorID) -> Bool { lines[connector]?.isFull ?? false }

  mutating func setFull(_ connector: ConnectorID, _ isFull: Bool) {
    guard lines[connector]?.isFull != isFull else { return }
    lines[connector]?.isFull = isFull
    if isFull { leave(connector) } else { line(up: connector) }
  }

  /// Leaves the runs of a project on disk, or takes them up again.
  mutating func setPaused(_ project: ProjectID, _ isPaused: Bool) {
    if isPaused {
      paused.insert(project)
      projects.remove(project)
    } else {
      paused.remove(project)
      if connectors[project]?.isEmpty == false { projects.append(project) }
    }
  }

  /// Whose turn it is, and from where on; nil while a page is being read.
  mutating func next() -> (connector: ConnectorID, after: RunID)? {
    guard reading == nil, let project = projects.popFirst(),
      let connector = connectors[project]?.popFirst()
    else { return nil }
    if connectors[project]?.isEmpty == true {
      connectors[project] = nil
    } else {
      projects.append(project)
    }
    reading = connector
    return (connector, lines[connector]?.cursor ?? RunID(0))
  }

  /// The page is here.
  mutating func read(_ connector: ConnectorID, last: RunID, isEnd: Bool) {
    guard reading == connector, var line = lines[connector] else { return }
    reading = nil
    line.cursor = max(line.cursor, last)
    if isEnd && !line.grewMeanwhile { line.hasRuns = false }
    line.grewMeanwhile = false
    if let rewindTo = line.rewindTo {
      line.cursor = min(line.cursor, rewindTo)
      line.rewindTo = nil
    }
    lines[connector] = line
    self.line(up: connector)
  }

  private mutating func line(up connector: ConnectorID) {
    guard reading != connector, let line = lines[connector], line.isWanted else { return }
    connectors[line.project, default: WaitLine()].append(connector)
    if !paused.contains(line.project) { projects.append(line.project) }
  }

  private mutating func leave(_ connector: ConnectorID) {
    guard let project = lines[connector]?.project else { return }
    connectors[project]?.remove(connector)
    guard connectors[project]?.isEmpty == true else { return }
    connectors[project] = nil
    projects.remove(project)
  }
}
