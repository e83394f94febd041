// SPDX-License-Identifier: Apache-2.0
// The process in which a plugin is tried out, from inside.

import CSystem
import Glibc
import Pipeline
import PluginHost
import PluginRuntime
import Schema
import Values

/// One plugin, one check, one process.
///
/// **Isolation**: the thread of `run`, or one thread that it hands itself to and waits for.
// Safe because: all but the note is constant, and the note is written by one thread at a time.
package final class Probe: @unchecked Sendable {
  let order: ProbeOrder
  let manifest: PluginManifest
  let world: CheckWorld
  let note: ProbeNote

  enum Descriptor {
    static let order: Int32 = 3
    static let image: Int32 = 4
    static let note: Int32 = 5
  }

  private init?(_ order: ProbeOrder, _ note: ProbeNote) {
    guard let document = try? JSONDocument(source: Array(order.manifestText.utf8)),
      let manifest = PluginManifest.parse(document).manifest
    else { return nil }
    self.order = order
    self.manifest = manifest
    self.note = note
    var world = CheckWorld(order.world)
    world.settings = manifest.settings?.coerce(world.settings) ?? world.settings
    world.records.types = order.types
    self.world = world
  }

  /// The program: reads the order, asks or runs a call again, writes what it found, ends without
  /// running the plugin's destructors.
  package static func run() -> Never {
    let words = Array(CommandLine.arguments.dropFirst())
    if words.first == "replay", words.count == 3 {
      ReplayProbe.runByHand(file: words[1], image: words[2])
    }
    guard sys_probe_begin(Descriptor.note) == 0, let (order, note) = inherited() else {
      FileText.write(Array((usage + "\n").utf8), to: 2)
      _exit(2)
    }
    if order.value["replay"] != nil { ReplayProbe.run(order, note) }
    guard let probe = Probe(order, note) else { _exit(2) }
    let finding: CheckFinding
    do throws(CheckStop) {
      finding = try probe.find()
    } catch {
      finding = error.finding
    }
    probe.end(with: finding)
  }

  private static let usage =
    "this program is started by jackfield plugin check and jackfield plugin replay; by hand, under a "
    + "debugger: jackfield-probe replay FILE IMAGE"

  private static func inherited() -> (ProbeOrder, ProbeNote)? {
    guard let text = FileText.read(Descriptor.order, limit: 64 << 20),
      let value = try? JSONValue(parsing: text),
      let note = try? ProbeNote(mapping: Descriptor.note)
    else { return nil }
    close(Descriptor.order)
    return (ProbeOrder(value), note)
  }

  private func find() throws(CheckStop) -> CheckFinding {
    guard case .probing(let body)? = PluginCheck.named(order.check)?.body else {
      return .fail(
        "this jackfield-probe knows no check \"\(order.check)\": install one build whole")
    }
    return try body(self)
  }

  /// Writes what was found and ends the process at once, whatever threads of the plugin do.
  func end(with finding: CheckFinding) -> Never {
    if !note.finish(with: finding.value.jsonBytes) {
      let short = CheckFinding(finding.outcome, String(finding.message.prefix(10_000)))
      _ = note.finish(with: short.value.jsonBytes)
    }
    _exit(0)
  }

  /// Loads the image, on the thread that is to run its code.
  ///
  /// Confined right before the constructors of the image run, and not earlier, for some checks fork
  /// or start this thread first.
  func load() throws(CheckStop) -> PluginImage {
    note.say("loading")
    do throws(LoadError) {
      try ProbeConfinement.enter(manifest.kind, libraries: order.libraries)
      return try PluginImage.load(descriptor: Descriptor.image, file: order.file)
    } catch {
      throw CheckStop(.fail(error.message, lacks: .load))
    }
  }

  /// The host services that a worker offers this plugin.
  var services: [String] { manifest.requiredInterfaces + manifest.optionalInterfaces }

  /// All there are.
  static let allServices = [
    "jackfield.blobs/1", "jackfield.events/1", "jackfield.http/1", "jackfield.mail/1",
    "jackfield.records/1",
    "jackfield.runs/1",
  ]
}
