// SPDX-License-Identifier: Apache-2.0
// The one error of this module.

/// Why a plugin could not be loaded or opened.
package struct LoadError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Stable, snake_case.
  package enum Code: String, Sendable {
    /// The dynamic linker refused the file.
    case dlopenFailed = "dlopen_failed"
    /// The file exports no entry point.
    case noEntry = "no_entry"
    /// The entry point answered null.
    case entryRefused = "entry_refused"
    case abiMajor = "abi_major"
    case abiMinor = "abi_minor"
    /// A struct of the plugin is too small, or a function of it is null.
    case tableIncomplete = "table_incomplete"
    /// The plugin's `open` answered an error.
    case openFailed = "open_failed"
    /// The plugin does not have the interface its manifest says.
    case noInterface = "no_interface"
    /// The plugin does not know an action of its manifest.
    case unknownAction = "unknown_action"
    /// The interface's `start` answered an error.
    case startFailed = "start_failed"
    /// The worker could not give up what it was told to; nothing was loaded.
    case sandboxFailed = "sandbox_failed"
    /// A file or folder that was granted is not there.
    case grantedPathMissing = "granted_path_missing"
    /// A constructor of the image left a thread behind, which the sandbox would not hold.
    case threadLeft = "thread_left"
  }

  package let code: Code
  /// What happened, to which file, and what to do.
  package let message: String

  package init(code: Code, message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { "\(code.rawValue): \(message)" }
}
