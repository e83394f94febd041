// SPDX-License-Identifier: Apache-2.0
// The JSON Schemas for editors say what the program says.
import TestKit
import Testing

@Suite struct SchemaFileTests {
  @Test func `every bundled manifest and example is valid by the schemas in the SDK`() throws {
    let result = try Subprocess.run(
      PythonServer.python,
      [PackageFolder.path + "/Tests/System/validate_schemas.py", PackageFolder.path])
    #expect(result.isSuccess, "\(result.output)\(result.errors)")
    #expect(result.output.contains("documents are valid"))
  }
}
