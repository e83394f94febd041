// SPDX-License-Identifier: Apache-2.0
// The JSON Schemas for editors say what the program says.
import TestKit
import Testing

@Suite struct SchemaFileTests {
  @Test func `the schemas in the SDK take what the checker takes and refuse what it refuses`() throws {
    let script = PackageFolder.path + "/Tests/System/validate_schemas.py"
    let examples = SharedData.folder.map { [$0 + "/spec/examples"] } ?? []
    let result = try Subprocess.run(
      PythonServer.python, [script, PackageFolder.path] + examples)
    #expect(result.isSuccess, "\(result.output)\(result.errors)")
    #expect(result.output.contains("documents are valid"))
  }
}
