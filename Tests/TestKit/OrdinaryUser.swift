// SPDX-License-Identifier: Apache-2.0
// The tests again, as somebody who is not root.
import Glibc

/// Runs some tests of this program once more as a user without powers or groups.
package enum OrdinaryUser {
  /// Whether this process can become another user.
  package static let canBecome = geteuid() == 0

  /// Runs the tests whose names match, and returns how that ended.
  ///
  /// Where the package is in a folder that only root may enter, the child sees it through mounts of
  /// its own.
  /// **Throws**: ``SubprocessError``.
  package static func runTests(
    matching filter: String, environment: [String: String] = [:],
    timeout: Duration = .seconds(600)
  ) throws(SubprocessError) -> Subprocess.Result {
    let temporary = TemporaryFolder()
    chmod(temporary.path, 0o777)
    var variables = environment
    variables["TMPDIR"] = temporary.path
    variables["HOME"] = temporary.path
    return try Subprocess.run(
      "unshare",
      [
        "-m", "/bin/sh", "-ec", script, PackageFolder.path, temporary("mounts"), program, filter,
      ],
      environment: variables, timeout: timeout)
  }

  /// `$0` the package, `$1` where to hold it meanwhile, `$2` the test program, `$3` the filter.
  private static let script = """
    mount --make-rprivate /
    closed=
    folder=$0
    while [ "$folder" != "/" ]; do
      case $(stat -c %A "$folder") in *x|*t) ;; *) closed=$folder ;; esac
      folder=$(dirname "$folder")
    done
    if [ -n "$closed" ]; then
      mkdir "$1"
      mount --bind "$0" "$1"
      mount -t tmpfs -o mode=755 tmpfs "$closed"
      mkdir -p "$0"
      for each in "$1"/* "$1"/.build*; do
        [ -d "$each" ] || continue
        mkdir "$0/${each##*/}"
        mount --bind "$each" "$0/${each##*/}"
      done
    fi
    cd "$0"
    exec setpriv --reuid 65534 --regid 65534 --clear-groups \\
      "$2" --testing-library swift-testing --filter "$3"
    """

  /// The program of the tests that are running, as it was built, with a sanitizer or without.
  private static var program: String {
    guard let path = realpath("/proc/self/exe", nil) else { return "" }
    defer { free(path) }
    return String(cString: path)
  }
}
