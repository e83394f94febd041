// SPDX-License-Identifier: Apache-2.0
// libFuzzer's loop around one surface; only in a build that is instrumented for it.
#if COVERAGE
  import Fuzz
  import Glibc

  private typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

  /// **Source** https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library
  // Safe because: its C signature passes pointers and returns an int, which both conventions do
  // alike on the platforms libFuzzer is there for.
  @_silgen_name("LLVMFuzzerRunDriver")
  private func LLVMFuzzerRunDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: Callback
  ) -> CInt

  enum CoverageRun {
    /// Safe because: written once, before the loop begins, and libFuzzer has one thread.
    nonisolated(unsafe) private static var surface = Surface.all[0]

    /// A merge runs this program again, with libFuzzer's arguments only.
    private static let variable = "JACKFIELD_FUZZ_SURFACE"

    /// The surface of the process that started this one.
    static var inherited: Surface? {
      getenv(variable).flatMap { Surface.named(String(cString: $0)) }
    }

    /// Gives the arguments to libFuzzer and stays until it is through.
    ///
    /// - Parameter arguments: without the surface
    static func run(_ chosen: Surface, _ arguments: [String]) -> Int32 {
      surface = chosen
      setenv(variable, chosen.name, 1)
      var words = arguments
      words.insert("-max_len=\(chosen.mostBytes)", at: 1)
      var pointers = words.map { strdup($0) } + [nil]
      var count = CInt(words.count)
      return pointers.withUnsafeMutableBufferPointer { buffer in
        guard var base = buffer.baseAddress else { return 70 }
        return LLVMFuzzerRunDriver(&count, &base) { bytes, size in
          let input = Array(UnsafeBufferPointer(start: bytes, count: size))
          do throws(BrokenProperty) {
            try CoverageRun.surface.examine(input)
          } catch {
            let text = Array("\(CoverageRun.surface.name): \(error)\n".utf8)
            _ = write(STDERR_FILENO, text, text.count)
            abort()
          }
          return 0
        }
      }
    }
  }
#endif
