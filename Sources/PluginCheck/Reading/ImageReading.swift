// SPDX-License-Identifier: Apache-2.0
// What an image is, read from its bytes.

import Glibc
import Pipeline
import PluginHost

/// Reads the image; nothing of it runs.
enum ImageReading {
  /// The codes of problems with the image, which the checks below tell one by one.
  static let codes: Set<String> = [
    "image_missing", "image_unreadable", "not_elf", "truncated", "other_architecture",
    "not_shared", "no_entry", "other_abi", "library_missing", "search_path_refused",
    "exports_more",
  ]

  static func kind(_ subject: CheckSubject) -> CheckFinding {
    let fatal: Set<String> = [
      "image_missing", "image_unreadable", "not_elf", "truncated", "other_architecture",
      "not_shared",
    ]
    if let problem = subject.problems.first(where: { fatal.contains($0.code) }) {
      return .fail(problem.message, lacks: .image)
    }
    guard let image = subject.image else {
      return .fail("\(subject.imagePath) cannot be read: build the plugin again", lacks: .image)
    }
    return .pass(
      "\(ELFImage.name(ofMachine: image.machine)), \(subject.imageBytes.count >> 10) KiB")
  }

  static func libraries(_ subject: CheckSubject) -> CheckFinding {
    guard let image = subject.image else { return gone }
    let problems = ImageCheck.explainLibraries(image, subject.imagePath, subject.libraries)
    guard problems.isEmpty else {
      return .fail(problems.map(\.message).joined(separator: "\n  "), lacks: .load)
    }
    return .pass(image.needed.joined(separator: " "))
  }

  static func exports(_ subject: CheckSubject) -> CheckFinding {
    guard let image = subject.image, let manifest = subject.manifest else { return gone }
    if let missing = ImageCheck.explainEntry(image, subject.imagePath, manifest).first {
      return .fail(missing.message, lacks: .load)
    }
    if let more = ImageCheck.explainExports(image, subject.imagePath).first {
      return .fail(more.message)
    }
    return .pass
  }

  static func staticTLS(_ subject: CheckSubject) -> CheckFinding {
    guard let image = subject.image else { return gone }
    guard image.isStaticTLS else { return .pass }
    return .fail(
      "\(subject.imagePath) has thread-local variables of the initial-exec model (DF_STATIC_TLS), "
        + "for which a process that is running has little room left: build it with -fPIC and "
        + "without -ftls-model=initial-exec")
  }

  static func textRelocations(_ subject: CheckSubject) -> CheckFinding {
    guard let image = subject.image else { return gone }
    guard image.hasTextRelocations else { return .pass }
    return .fail(
      "\(subject.imagePath) has addresses in its code that loading fills in (DT_TEXTREL), which a "
        + "hardened kernel refuses: compile everything that is in it with -fPIC")
  }

  static func searchPaths(_ subject: CheckSubject) -> CheckFinding {
    guard let image = subject.image else { return gone }
    let problems = ImageCheck.explainSearchPaths(image, subject.imagePath)
    return problems.isEmpty ? .pass : .fail(problems.map(\.message).joined(separator: "\n  "))
  }

  static func buildID(_ subject: CheckSubject) -> CheckFinding {
    guard let image = subject.image else { return gone }
    if let id = image.buildID { return .pass(id) }
    return .fail(
      "\(subject.imagePath) has no build id, by which a crash report names the build it is of: "
        + "link with -Wl,--build-id")
  }

  static func runtimes(_ subject: CheckSubject) -> CheckFinding {
    guard let image = subject.image else { return gone }
    let found = LanguageRuntime.find(in: image, bytes: subject.imageBytes)
    guard !found.contains(where: { $0.language == "Go" && $0.isInside }) else {
      return .fail(
        "\(subject.imagePath) has Go's runtime inside, which starts threads and takes signal "
          + "handlers while it is loaded: write the plugin in a language that leaves its process "
          + "as it is")
    }
    return .pass(found.map(\.description).joined(separator: ", "))
  }

  static func exits(_ subject: CheckSubject) -> CheckFinding {
    guard let image = subject.image else { return gone }
    let exits: Set<String> = ["exit", "_exit", "_Exit", "quick_exit", "pthread_exit", "thrd_exit"]
    let called = Set(image.imports.map(\.name)).intersection(exits).sorted()
    guard !called.isEmpty else { return .pass }
    let names = called.joined(separator: ", ")
    let runtimes = LanguageRuntime.find(in: image, bytes: subject.imageBytes).filter(\.isInside)
    guard runtimes.isEmpty else {
      return .pass("\(names) of \(runtimes.map(\.language).joined(separator: ", "))'s runtime")
    }
    return .fail(
      "\(subject.imagePath) calls \(names), which would end its worker with every call in it: "
        + "answer result_error instead")
  }

  static let gone = CheckFinding.fail("the image cannot be read: build the plugin again")
}
