// SPDX-License-Identifier: Apache-2.0
// Checking that ids and saved names are used once.

extension ConnectorCheck {
  func checkNames() {
    checkIDs()
    checkSaves()
  }

  private func checkIDs() {
    var seen: Set<String> = []
    func claim(_ id: String, _ path: DocumentPath) {
      guard !seen.insert(id).inserted else { return }
      error(
        "duplicate_id",
        "the id \"\(id)\" is taken: ids of steps and components are unique, rename one",
        at: path.appending("id"))
    }
    for (index, step) in connector.steps.enumerated() {
      claim(step.id.rawValue, .step(index))
      for (inner, component) in step.components.enumerated() {
        if case .action = component { continue }
        let position = Position(step: index, component: inner)
        claim(component.id.rawValue, .component(position, component))
      }
    }
    for site in connector.actionSites { claim(site.action.id.rawValue, site.path) }
  }

  /// A saved name belongs to one component, or to an action and the fallbacks in its place.
  private func checkSaves() {
    var owners: [String: (position: Position, id: ComponentID)] = [:]
    for saved in connector.savedNames {
      let path = saved.path.appending("save")
      let loop = connector.steps[saved.position.step].forEach
      let isLoopWord = loop.map { $0.name == saved.name || ForEach.words.contains(saved.name) }
      if RootWord.reserved.contains(saved.name) || isLoopWord ?? false {
        error(
          "reserved_name",
          "\"save\" is \"\(saved.name)\", which is a root word: choose another name", at: path)
      }
      guard let owner = owners[saved.name] else {
        owners[saved.name] = (saved.position, saved.id)
        continue
      }
      if owner.position != saved.position {
        error(
          "duplicate_save",
          "\"\(saved.name)\" is saved by \(owner.id) already: a name is written by one action, "
            + "rename one",
          at: path)
      }
    }
  }
}

/// A name that a component saves.
struct SavedName {
  let name: String
  let id: ComponentID
  /// The component's object in the document.
  let path: DocumentPath
  let position: Position
  let source: Source

  /// What the name holds.
  enum Source {
    case action(ActionComponent)
    case format(FormatComponent)
    case message
  }
}

extension Connector {
  /// Every saved name, in the order of the document; several of one name belong together.
  var savedNames: [SavedName] {
    var found: [SavedName] = []
    for (index, step) in steps.enumerated() {
      for (inner, component) in step.components.enumerated() {
        let position = Position(step: index, component: inner)
        let path = DocumentPath.component(position, component)
        switch component {
        case .format(let format):
          found.append(
            SavedName(
              name: format.save, id: format.id, path: path, position: position,
              source: .format(format)))
        case .waitForMessage(let wait):
          guard let name = wait.save else { break }
          found.append(
            SavedName(name: name, id: wait.id, path: path, position: position, source: .message))
        default: break
        }
      }
    }
    for site in actionSites {
      guard let name = site.action.save else { continue }
      found.append(
        SavedName(
          name: name, id: site.action.id, path: site.path, position: site.position,
          source: .action(site.action)))
    }
    return found
  }
}
