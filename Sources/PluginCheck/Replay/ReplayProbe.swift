// SPDX-License-Identifier: Apache-2.0
// The process in which a call runs again, from inside.

import CJackfield
import CSystem
import Glibc
import Pipeline
import PluginHost
import PluginRuntime
import Values

/// Runs the call of a transcript, and ends with what it came to.
enum ReplayProbe {
  /// Held for ever by the thread that ends the process: there is one verdict.
  private static let ending = Lock()

  /// **Unit** milliseconds: what a thread that hangs gets to say where it is.
  private static let patience: UInt32 = 1_000

  /// As `jackfield plugin replay` starts it: confined as in a check, the verdict in shared memory.
  static func run(_ order: ProbeOrder, _ note: ProbeNote) -> Never {
    let stop: @Sendable (ReplayVerdict) -> Never = { verdict in
      ending.lock()
      leave(verdict, in: note)
      _exit(0)
    }
    guard let transcript = try? CallTranscript(value: order.value["replay"] ?? .null) else {
      stop(ReplayVerdict(.notRun, "the probe does not read this record: install one build whole"))
    }
    note.say("loading")
    let image: PluginImage
    do throws(LoadError) {
      try ProbeConfinement.enter(.action, libraries: order.libraries)
      image = try PluginImage.load(descriptor: Probe.Descriptor.image, file: order.file)
    } catch {
      stop(ReplayVerdict(.notRun, error.message))
    }
    note.say("")
    // Safe because: a C function's pointer is an address of the image's code, and only compared.
    let code = unsafeBitCast(image.plugin.pointee.open, to: UnsafeRawPointer.self)
    _ = sys_crash_watch(note.crashRecord, code)
    let thread = pthread_self()
    Replay(
      transcript: transcript, isTimed: true, note: { note.served = $0 }, stop: stop,
      interrupt: { verdict in
        ending.lock()
        leave(verdict, in: note)
        // The signal ends the process, and the handler of crashes says where it was.
        pthread_kill(thread, SIGABRT)
        usleep(patience * 1_000)
        _exit(0)
      }
    ).run(image)
  }

  private static func leave(_ verdict: ReplayVerdict, in note: ProbeNote) {
    guard !note.finish(with: verdict.value.jsonBytes) else { return }
    var short = verdict
    short.log = []
    short.message = String(verdict.message.prefix(10_000))
    _ = note.finish(with: short.value.jsonBytes)
  }

  /// As a person types it under a debugger: no bounds, no end of the time, the verdict as text.
  static func runByHand(file: String, image path: String) -> Never {
    let stop: @Sendable (ReplayVerdict) -> Never = { verdict in
      ending.lock()
      for line in verdict.log { say("log  \(line)", to: 1) }
      say(verdict.text, to: 1)
      _exit(verdict.kind == .same ? 0 : 1)
    }
    guard let text = FileText.read(file, limit: 64 << 20), let value = try? JSONValue(parsing: text)
    else { fail("\(file) cannot be read, or is no JSON") }
    let transcript: CallTranscript
    do throws(PipelineError) { transcript = try CallTranscript(value: value) } catch {
      fail("\(file): \(error)")
    }
    do throws(LoadError) {
      let image = try PluginImage.load(path: path)
      Replay(
        transcript: transcript, isTimed: false, note: { _ in }, stop: stop, interrupt: stop
      ).run(image)
    } catch {
      fail(error.message)
    }
  }

  private static func say(_ text: String, to descriptor: Int32) {
    FileText.write(Array((text + "\n").utf8), to: descriptor)
  }

  private static func fail(_ text: String) -> Never {
    say("jackfield-probe: \(text)", to: 2)
    _exit(2)
  }
}
