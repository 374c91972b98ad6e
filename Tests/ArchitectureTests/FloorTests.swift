import Testing

/// The floors of the house: a target may import only what lies on a lower floor.
private let floors: [String: Int] = [
  "CCRC32C": 0, "CKernels": 0, "CJSON": 0, "CXXHash": 0, "CZlib": 0,
  "TensorStorage": 1, "Randomness": 1,
  "JSON": 1, "ProtocolBuffers": 1,
  "Kernels": 2, "WeightFile": 2, "ModelSchema": 2, "Tokenizers": 2,
  "TrainingRecords": 2, "ZipArchive": 2,
  "Transformer": 3, "ModelFile": 3, "Safetensors": 3, "HDF5": 3, "PyTorchCheckpoint": 3,
  "ShardedCheckpoint": 3, "TensorFlowCheckpoint": 3, "GGUF": 3, "ONNX": 3,
  "RecurrentMemory": 4, "CheckpointConversion": 4,
  "FineTuning": 5,
  "ExperimentReport": 6,
  "Experiments": 7,
  "rmt": 8,
]

/// Steps within a floor that are allowed all the same.
private let allowedSideways: [String: Set<String>] = [
  "JSON": ["TensorStorage"],  // for its errors alone
  "ProtocolBuffers": ["TensorStorage"],  // for its errors and its reader of bytes
]

/// Modules from outside that any target may import.
private let systemModules: Set<String> = [
  "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Dispatch", "Synchronization",
]

/// Modules from outside that one target alone may import.
private let reservedModules: [String: Set<String>] = ["rmt": ["ArgumentParser", "Logging"]]

/// What stands beside the house, for tests alone: nothing on a floor may import it.
private let besideTheFloors: Set<String> = ["Fuzz", "TestSupport"]

/// Why a target must not import a module; `nil` when it may.
private func objection(to module: String, in target: String) -> String? {
  guard let floor = floors[target] else { return "\(target) stands on no floor" }
  if systemModules.contains(module) || reservedModules[target, default: []].contains(module) {
    return nil
  }
  guard let other = floors[module] else { return "\(module) is a module that nobody agreed on" }
  if other < floor || allowedSideways[target, default: []].contains(module) { return nil }
  return "\(target) (floor \(floor)) imports \(module) (floor \(other))"
}

@Suite struct FloorTests {
  @Test func `gives every folder of sources a floor, and every floor's target a folder`() throws {
    let folders = try SourceTree.targets(in: "Sources") + SourceTree.targets(in: "Converters")
    #expect(Set(folders) == Set(floors.keys))
    #expect(folders.count == floors.count)
  }

  @Test func `stands as the page on the architecture draws it`() throws {
    let page = try SourceTree.text(of: "ARCHITECTURE.md")
    let drawing = try #require(page.firstMatch(of: /## Floors[^`]*```\n([^`]*)```/)?.1)
    var drawn: [String: Int] = [:]
    for line in drawing.split(separator: "\n") {
      let fields = line.split(separator: #/ {2,}/#).map(String.init)
      guard let floor = fields.first.flatMap({ Int($0) }) else { continue }
      // Behind the names stands what the floor does, in lower-case words.
      for name in fields.dropFirst() where name.wholeMatch(of: #/[A-Z]\w+|rmt/#) != nil {
        #expect(drawn.updateValue(floor, forKey: name) == nil, "\(name) stands there twice")
      }
    }
    #expect(drawn == floors)
  }

  @Test func `declares dependencies only downward`() throws {
    let dependencies = try Manifest.dependencies()
    #expect(dependencies["TestSupport"] == ["SystemCallFaults"])
    for (target, modules) in dependencies
    where !target.hasSuffix("Tests") && !besideTheFloors.contains(target) {
      for module in modules.sorted() {
        let objection = objection(to: module, in: target)
        #expect(objection == nil, "Package.swift")
      }
    }
    #expect(Set(floors.keys).isSubset(of: dependencies.keys))
  }

  @Test func `imports only downward`() throws {
    for file in try SourceTree.swiftSources() {
      for (number, module) in file.imports {
        let objection = objection(to: module, in: file.target)
        #expect(objection == nil, "\(file):\(number)")
      }
    }
  }

  /// An undeclared import builds as long as something else happens to be built before.
  @Test func `imports only what the manifest declares`() throws {
    let dependencies = try Manifest.dependencies()
    let tests = try SourceTree.files(in: "Tests", extensions: ["swift"])
    for file in try SourceTree.swiftSources() + tests {
      let declared = dependencies[file.target, default: []]
        .union(systemModules).union(file.target.hasSuffix("Tests") ? ["Testing"] : [])
      for (number, module) in file.imports {
        #expect(declared.contains(module), "\(file):\(number)")
      }
    }
  }

  @Test func `tests the library as a program outside sees it`() throws {
    let library = try Manifest.libraryTargets()
    #expect(library.contains("RecurrentMemory") && library.isSubset(of: floors.keys))
    #expect(try Manifest.dependencies()["LibraryTests"] == library.union(["TestSupport"]))
    #expect(try Manifest.targetsWithoutPackageAccess() == ["LibraryTests"])
  }

  @Test func `shows in README only Swift that the library's tests compile`() throws {
    let snippet = try SourceTree.text(of: "Tests/LibraryTests/ClassifyDocument.swift")
      .split(separator: /\/\/ ─+\n/)
    #expect(snippet.count == 2 || snippet.count == 3)
    let readme = (try? SourceTree.text(of: "README.md")) ?? ""
    for block in readme.matches(of: /```swift\n([^`]*)```/) {
      #expect(block.1.hasSuffix(snippet[1]))
    }
  }

  @Test func `objects to steps up, sideways and outside`() {
    #expect(objection(to: "Transformer", in: "Kernels") != nil)
    #expect(objection(to: "HDF5", in: "Safetensors") != nil)
    #expect(objection(to: "ArgumentParser", in: "FineTuning") != nil)
    #expect(objection(to: "Accelerate", in: "Kernels") != nil)
    #expect(objection(to: "TestSupport", in: "Kernels") != nil)
    #expect(objection(to: "TensorStorage", in: "Kernels") == nil)
  }

  @Test func `sees an import in every spelling`() {
    let file = SourceTree.File(
      description: "example", target: "Kernels",
      lines: [
        "import A", "  internal import B", "@_implementationOnly import C", "import struct D.Inner",
        "@testable import E  // why", "// import F", "let important = 1",
        "package import class G.H",
      ])
    #expect(file.imports.map(\.module) == ["A", "B", "C", "D", "E", "G"])
  }
}
