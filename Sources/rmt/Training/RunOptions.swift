import ArgumentParser
import TensorStorage
import TrainingRecords

/// What a training run is measured, saved and resumed by.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Steps between evaluations; at the end in any case.", valueName: "n"))
  var evaluateEvery: Int = 100

  @Option(
    help: ArgumentHelp(
      "Steps between savings of the run's state, from which --resume goes on; every half minute, or less often where saving is slow, unless given.",
      valueName: "n"))
  var saveEvery: Int?

  @Option(help: "Store the result's matrices in this type.")
  var dtype: StoredElementType = .f32

  @Flag(help: "Go on with the run that was interrupted.")
  var resume = false

  @Option(help: ArgumentHelp("Seed of everything that is drawn.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Threads; all cores unless given. Any number gives the same bits.", valueName: "n")
  )
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Append loss and accuracy to this file, one JSON object a line.", valueName: "file.jsonl"))
  var log: String?

  @Option(
    help: ArgumentHelp(
      "Write loss and accuracy as TensorBoard's event files to this folder.", valueName: "folder"),
    completion: .directory)
  var tensorboard: String?

  func validate() throws {
    for (name, value) in [
      ("--evaluate-every", evaluateEvery), ("--save-every", saveEvery), ("--threads", threads),
    ] {
      if let value, value < 1 { throw ValidationError("\(name) must be at least 1.") }
    }
  }
}

extension RunOptions {
  /// Checks the names of everything that the run will write.
  ///
  /// - Parameter inputs: the files and folders that the run reads.
  /// - Throws: `FileError`, ``CommandError``.
  func check(
    _ outputPath: String, inputs: [String], collision: AtomicFileWriter.Collision
  ) throws {
    if resume {
      try OutputCheck.distinct(outputPath, from: inputs)
    } else {
      try OutputCheck.file(outputPath, inputs: inputs, collision: collision)
    }
    if let log {
      try OutputCheck.distinct(log, from: inputs)
      try OutputCheck.distinct(log, fromOutputs: [outputPath, "\(outputPath).training"])
    }
  }

  /// What keeps the run's measurements.
  ///
  /// - Parameter replaces: whether another run's output, and so its records, may be replaced.
  /// - Throws: `FileError`, `TrainingRecordsError`.
  func recorders(replaces: Bool) throws -> [any TrainingRecorder] {
    var recorders: [any TrainingRecorder] = []
    if let log { recorders.append(try MetricsLog(path: log)) }
    if let tensorboard {
      recorders.append(
        try TensorBoardLog(folder: tensorboard, addsToEvents: resume || replaces))
    }
    return recorders
  }
}
