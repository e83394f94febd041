// SPDX-License-Identifier: Apache-2.0
// The checks that call actions.

extension PluginCheck {
  static let calling: [PluginCheck] = [
    .probing(
      "examples", "Each example gives the outcome it shows, and its result fits the schema.",
      ExamplesCheck.check),
    .probing(
      "errors", "Every error that it answers stands in the manifest, with its class.",
      ErrorsCheck.check),
    .probing(
      "constraints",
      "Parameters that break one rule of the schema are refused, with a message.",
      ConstraintsCheck.check),
    .probing(
      "hostile_input",
      "Malformed, huge, deep and non-UTF-8 input from anywhere ends in a result or an error.",
      HostileInputCheck.check),
    .probing(
      "threads", "Calls come from different threads, at once where the manifest says concurrent.",
      ThreadsCheck.check),
    .probing(
      "growth", "Hundreds of calls leave no memory, thread or descriptor behind.",
      GrowthCheck.check),
    .probing(
      "late_use", "No call is used after it has returned.", LateUseCheck.check),
    .probing("cancel", "A call that is cancelled ends.", PatienceCheck.cancel),
    .probing("budget", "A call ends when its time is over.", PatienceCheck.budget),
    .probing(
      "retries", "A call that is repeated with its key does no more than its side effect says.",
      RetriesCheck.check),
    .probing(
      "killed", "A call that was killed midway does the same when it runs again.",
      KilledCheck.check),
    .probing(
      "grants", "What the manifest asks to be granted is enough for its examples.",
      GrantsCheck.granted),
    .probing(
      "denied", "When everything is denied it says so, and claims no success.",
      GrantsCheck.denied),
    .probing(
      "optional_services", "It works on without each service that its manifest calls optional.",
      GrantsCheck.withheld),
    .probing(
      "secrets", "What the outside answers stands in no log line, progress or error message.",
      SecretsCheck.check),
    .probing(
      "fuzz", "Anything the schema allows, and much that it does not, ends in a clean outcome.",
      FuzzCheck.check),
  ]
}
