// swift-tools-version: 6.2
// The manifest reads as the architecture: floors from the ground up, imports go down only
// (Tests/ArchitectureTests holds every target to that). ARCHITECTURE.md explains the floors.

import PackageDescription

let package = Package(
  name: "swift-rmt",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "rmt", targets: ["rmt"]),
    .library(
      name: "RecurrentMemoryTransformer",
      targets: [
        "CheckpointConversion", "FineTuning", "ModelFile", "ModelSchema", "RecurrentMemory",
        "TensorStorage", "Tokenizers",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    // Floor 0: C. Kernels of our own and libraries of the system.
    .target(
      name: "CKernels", path: "Sources/CKernels",
      cSettings: [.unsafeFlags(["-O3"], .when(configuration: .debug))]),
    .target(
      name: "CCRC32C", path: "Sources/CCRC32C",
      cSettings: [.unsafeFlags(["-O3"], .when(configuration: .debug))]),
    .systemLibrary(
      name: "CJSON", path: "Sources/CJSON", pkgConfig: "json-c",
      providers: [.apt(["libjson-c-dev"]), .brew(["json-c"])]),
    .systemLibrary(
      name: "CXXHash", path: "Sources/CXXHash", pkgConfig: "libxxhash",
      providers: [.apt(["libxxhash-dev"]), .brew(["xxhash"])]),
    .systemLibrary(
      name: "CZlib", path: "Converters/CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

    // Floor 1: memory and text that the rest stands on.
    .target(name: "TensorStorage", dependencies: ["CCRC32C"]),
    .target(name: "Randomness"),
    .target(name: "JSON", dependencies: ["CJSON", "TensorStorage"]),
    .target(name: "ProtocolBuffers", dependencies: ["TensorStorage"]),

    // Floor 2: arithmetic, our file, what a BERT is, text, what was measured.
    .target(name: "Kernels", dependencies: ["CKernels", "TensorStorage"]),
    .target(
      name: "WeightFile", dependencies: ["CXXHash", "JSON", "TensorStorage"],
      exclude: ["Specification.md"]),
    .target(name: "ModelSchema", dependencies: ["JSON", "TensorStorage"]),
    .target(name: "Tokenizers", dependencies: ["JSON", "ProtocolBuffers", "TensorStorage"]),
    .target(
      name: "TrainingRecords", dependencies: ["JSON", "ProtocolBuffers", "TensorStorage"]),
    .target(
      name: "ZipArchive", dependencies: ["CZlib", "TensorStorage"], path: "Converters/ZipArchive"),

    // Floor 3: the network, a model in our file, foreign files.
    .target(name: "Transformer", dependencies: ["Kernels", "ModelSchema", "TensorStorage"]),
    .target(
      name: "ModelFile",
      dependencies: ["JSON", "ModelSchema", "TensorStorage", "Tokenizers", "WeightFile"]),
    .target(
      name: "Safetensors", dependencies: ["JSON", "TensorStorage"], path: "Converters/Safetensors"),
    .target(
      name: "ShardedCheckpoint", dependencies: ["JSON", "TensorStorage"],
      path: "Converters/ShardedCheckpoint"),
    .target(
      name: "HDF5", dependencies: ["CZlib", "TensorStorage", "ZipArchive"], path: "Converters/HDF5"),
    .target(
      name: "PyTorchCheckpoint", dependencies: ["TensorStorage", "ZipArchive"],
      path: "Converters/PyTorchCheckpoint"),
    .target(
      name: "TensorFlowCheckpoint", dependencies: ["ProtocolBuffers", "TensorStorage"],
      path: "Converters/TensorFlowCheckpoint"),
    .target(name: "GGUF", dependencies: ["TensorStorage"], path: "Converters/GGUF"),
    .target(
      name: "ONNX", dependencies: ["ProtocolBuffers", "TensorStorage"], path: "Converters/ONNX"),

    // Floor 4: remembers; translates.
    .target(
      name: "RecurrentMemory",
      dependencies: [
        "JSON", "Kernels", "ModelFile", "ModelSchema", "Randomness", "TensorStorage", "Tokenizers",
        "Transformer",
      ]),
    .target(
      name: "CheckpointConversion",
      dependencies: [
        "GGUF", "HDF5", "JSON", "ModelFile", "ModelSchema", "ONNX", "PyTorchCheckpoint",
        "Randomness", "Safetensors", "ShardedCheckpoint", "TensorFlowCheckpoint", "TensorStorage",
        "Tokenizers", "WeightFile",
      ],
      resources: [.embedInCode("Resources/modeling_rmt.py")]),

    // Floor 5: learns.
    .target(
      name: "FineTuning",
      dependencies: [
        "JSON", "Kernels", "ModelFile", "ModelSchema", "Randomness", "RecurrentMemory",
        "TensorStorage", "Tokenizers", "TrainingRecords", "Transformer", "WeightFile",
      ]),

    // Floor 6: shows.
    .target(
      name: "ExperimentReport",
      dependencies: [
        "FineTuning", "JSON", "RecurrentMemory", "TensorStorage", "Tokenizers", "TrainingRecords",
      ]),

    // Floor 7: whole experiments.
    .target(
      name: "Experiments",
      dependencies: [
        "CheckpointConversion", "ExperimentReport", "FineTuning", "JSON", "ModelFile",
        "ModelSchema", "RecurrentMemory", "TensorStorage", "TrainingRecords", "WeightFile",
      ]),

    // Floor 8: the command, one file a verb; the only place that prints.
    .executableTarget(
      name: "rmt",
      dependencies: [
        "CheckpointConversion", "ExperimentReport", "Experiments", "FineTuning", "HDF5", "JSON",
        "Kernels", "ModelFile", "ModelSchema", "Randomness", "RecurrentMemory", "Safetensors",
        "TensorStorage", "Tokenizers", "TrainingRecords", "Transformer", "WeightFile",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),

    // What the suites share; no part of the product.
    .target(name: "SystemCallFaults", path: "Tests/SystemCallFaults"),
    .target(name: "TestSupport", dependencies: ["SystemCallFaults"], path: "Tests/TestSupport"),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),

    // One suite a target.
    .testTarget(name: "ArchitectureTests"),
    .testTarget(name: "RandomnessTests", dependencies: ["Randomness"]),
    .testTarget(name: "TensorStorageTests", dependencies: ["TensorStorage", "TestSupport"]),
    .testTarget(name: "JSONTests", dependencies: ["JSON", "TensorStorage", "TestSupport"]),
    .testTarget(
      name: "ProtocolBuffersTests",
      dependencies: ["ProtocolBuffers", "TensorStorage", "TestSupport"]),
    .testTarget(
      name: "KernelsTests", dependencies: ["CKernels", "Kernels", "Randomness", "TensorStorage"]),
    .testTarget(
      name: "WeightFileTests", dependencies: ["JSON", "TensorStorage", "TestSupport", "WeightFile"]),
    .testTarget(name: "ModelSchemaTests", dependencies: ["JSON", "ModelSchema", "TensorStorage"]),
    .testTarget(
      name: "TokenizersTests",
      dependencies: ["JSON", "ProtocolBuffers", "TensorStorage", "TestSupport", "Tokenizers"]),
    .testTarget(
      name: "TrainingRecordsTests",
      dependencies: ["JSON", "TensorStorage", "TestSupport", "TrainingRecords"]),
    .testTarget(
      name: "TransformerTests",
      dependencies: [
        "JSON", "Kernels", "ModelSchema", "Randomness", "Safetensors", "TensorStorage",
        "TestSupport", "Transformer",
      ]),
    .testTarget(
      name: "ModelFileTests",
      dependencies: [
        "JSON", "ModelFile", "ModelSchema", "TensorStorage", "TestSupport", "Tokenizers",
        "WeightFile",
      ]
    ),
    .testTarget(
      name: "SafetensorsTests",
      dependencies: ["JSON", "Safetensors", "TensorStorage", "TestSupport"]),
    .testTarget(
      name: "ShardedCheckpointTests",
      dependencies: ["Safetensors", "ShardedCheckpoint", "TensorStorage", "TestSupport"]),
    .testTarget(name: "HDF5Tests", dependencies: ["HDF5", "TensorStorage", "TestSupport"]),
    .testTarget(
      name: "ZipArchiveTests", dependencies: ["TensorStorage", "TestSupport", "ZipArchive"]),
    .testTarget(
      name: "PyTorchCheckpointTests",
      dependencies: [
        "PyTorchCheckpoint", "Safetensors", "TensorStorage", "TestSupport", "ZipArchive",
      ]),
    .testTarget(
      name: "TensorFlowCheckpointTests",
      dependencies: [
        "ProtocolBuffers", "TensorFlowCheckpoint", "TensorStorage", "TestSupport",
      ]),
    .testTarget(
      name: "GGUFTests", dependencies: ["GGUF", "Safetensors", "TensorStorage", "TestSupport"]),
    .testTarget(
      name: "ONNXTests",
      dependencies: ["ONNX", "ProtocolBuffers", "TensorStorage", "TestSupport"]),
    .testTarget(
      name: "RecurrentMemoryTests",
      dependencies: [
        "AllocationCounter", "JSON", "Kernels", "ModelFile", "ModelSchema", "Randomness",
        "RecurrentMemory",
        "Safetensors", "TensorStorage", "TestSupport", "Tokenizers", "Transformer",
      ]),
    .testTarget(
      name: "CheckpointConversionTests",
      dependencies: [
        "CheckpointConversion", "GGUF", "HDF5", "JSON", "Kernels", "ModelFile", "ModelSchema",
        "ONNX", "PyTorchCheckpoint", "Randomness", "RecurrentMemory", "Safetensors",
        "ShardedCheckpoint", "TensorFlowCheckpoint", "TensorStorage", "TestSupport", "Tokenizers",
        "Transformer", "WeightFile", "ZipArchive",
      ]),
    .testTarget(
      name: "FineTuningTests",
      dependencies: [
        "FineTuning", "JSON", "Kernels", "ModelFile", "ModelSchema", "Randomness",
        "RecurrentMemory", "Safetensors", "TensorStorage", "TestSupport", "Tokenizers",
        "TrainingRecords",
        "Transformer", "WeightFile",
      ]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "ExperimentReport", "Experiments", "FineTuning", "JSON", "ModelFile", "ModelSchema",
        "RecurrentMemory", "TensorStorage", "TestSupport", "Tokenizers",
      ]),
    .testTarget(
      name: "ExperimentReportTests",
      dependencies: [
        "ExperimentReport", "FineTuning", "JSON", "RecurrentMemory", "TensorStorage",
        "TestSupport", "TrainingRecords",
      ]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "rmt", "FineTuning", "JSON", "Safetensors", "TensorStorage", "TestSupport", "Tokenizers",
        "TrainingRecords", "WeightFile",
      ]),
    // The library as a program outside sees it: its product's targets, and their public API alone.
    .testTarget(
      name: "LibraryTests",
      dependencies: [
        "CheckpointConversion", "FineTuning", "ModelFile", "ModelSchema", "RecurrentMemory",
        "TensorStorage", "TestSupport", "Tokenizers",
      ], packageAccess: false),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)

// `make fuzz` alone builds this: libFuzzer brings its own main.
if Context.environment["RMT_FUZZ"] != nil {
  package.products.append(.executable(name: "rmt-fuzz", targets: ["Fuzz"]))
  package.targets.append(
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "GGUF", "HDF5", "JSON", "ONNX", "PyTorchCheckpoint", "Safetensors", "TensorFlowCheckpoint",
        "TensorStorage", "Tokenizers", "WeightFile", "ZipArchive",
      ], path: "Tests/Fuzz", exclude: ["fuzz.sh"],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}
