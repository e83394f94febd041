// SPDX-License-Identifier: Apache-2.0
// Projects whose runs a person holds where they are.
import Pipeline

extension Engine {
  /// Whether the runs of a project are held: none is decided, called or woken.
  package func isPaused(_ project: ProjectID) -> Bool { projects[project]?.isPaused ?? false }

  /// The projects whose runs are held.
  package var pausedProjects: Set<ProjectID> {
    Set(projects.filter(\.value.isPaused).keys)
  }

  /// Lets a run stand between two decisions until its project goes on. What it holds (its
  /// contact's order, its connector's room) stays its own: the others of the project are held too.
  mutating func hold(_ id: RunID, _ project: ProjectID) {
    held[project, default: WaitLine()].append(id)
    move(id, to: .queued(.project))
  }

  /// A project was paused or goes on.
  mutating func pauseChanged(_ project: ProjectID, isPaused: Bool) {
    backlog.setPaused(project, isPaused)
    guard !isPaused else { return }
    // Due runs of the project were passed over.
    sleepers.note(0)
    guard var line = held.removeValue(forKey: project) else { return }
    while let id = line.popFirst() {
      guard case .queued(.project)? = runs[id]?.phase else { continue }
      decide(id)
    }
  }
}
